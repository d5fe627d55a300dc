//! Authenticates applications at the token endpoint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::Value;
use percent_encoding::percent_decode_str;

use crate::collections::{APPLICATION_SECRETS, APPLICATIONS};
use crate::errors::{Outcome, Refusal};
use crate::request::{Incoming, Query};
use crate::state::State;
use crate::store::Record;
use crate::token_endpoint::refuse;

/// An authenticated application.
#[derive(Debug)]
pub(crate) struct Client {
    pub id: String,
    /// The type of the application.
    pub kind: String,
    /// Whether the application may exchange tokens.
    pub may_exchange: bool,
}

pub(crate) fn authenticate(request: &Incoming, form: &Query, state: &State, now: i64) -> Outcome<Client> {
    let (id, secret) = credentials(request, form)?;
    let application = state.store.get(&APPLICATIONS, &id);
    let application = application.ok_or_else(|| refuse(400, "invalid_client", &format!("invalid client {id}")))?;
    if !has_secret(state, &id, &secret, now) {
        return Err(refuse(401, "invalid_client", "client authentication failed"));
    }
    let settings = application.members.get("customClientMetadata");
    let may_exchange = settings.and_then(|settings| settings.get("allowTokenExchange")) == Some(&Value::Bool(true));
    Ok(Client { kind: application.text("type").to_owned(), may_exchange, id })
}

/// Returns the id and secret from the `Authorization` header or, without that header, from the form.
fn credentials(request: &Incoming, form: &Query) -> Outcome<(String, String)> {
    if let Some(header) = request.headers.get("authorization") {
        return basic(header).ok_or_else(|| invalid("invalid authorization header value format"));
    }
    let id = form.get("client_id").ok_or_else(|| invalid("no client authentication mechanism provided"))?;
    Ok((id.to_owned(), form.get("client_secret").unwrap_or_default().to_owned()))
}

/// Decodes a `Basic` header. Id and secret are each form-encoded before they are joined (RFC 6749).
fn basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().ok().map(std::borrow::Cow::into_owned);
    Some((decode(id)?, decode(secret)?))
}

fn invalid(description: &str) -> Refusal {
    refuse(400, "invalid_request", description)
}

fn has_secret(state: &State, application: &str, secret: &str, now: i64) -> bool {
    let lives = |record: &Record| record.members.get("expiresAt").and_then(Value::as_i64).is_none_or(|at| at > now);
    let mut secrets =
        state.store.all(&APPLICATION_SECRETS).filter(|record| record.text("applicationId") == application);
    secrets.any(|record| record.text("value") == secret && lives(record))
}
