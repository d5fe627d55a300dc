//! Finds and authenticates the applications that are clients of the provider.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::Value;
use percent_encoding::percent_decode_str;

use super::{Context, refuse};
use crate::collections::{ACCOUNT_CENTER, APPLICATION_SECRETS, APPLICATIONS, BuiltIn, built_in_application};
use crate::errors::{Outcome, Refusal};
use crate::record::Record;
use crate::state::State;
use crate::state::oidc::{CODE, Client};

/// The default address of a server. Pages of built-in applications are there too, even behind a proxy.
const LOCALHOST: &str = "http://localhost:3001";

impl Client {
    /// Returns the client of an application. Built-in ones have pages on the server, below this origin.
    pub(crate) fn find(state: &State, origin: &str, id: &str) -> Outcome<Self> {
        if let Some(built_in) = built_in_application(id) {
            return Ok(Self::built_in(built_in, origin));
        }
        let application = state.store.get(&APPLICATIONS, id);
        let application = application.ok_or_else(|| refuse(400, "invalid_client", &format!("invalid client {id}")))?;
        let client = Self::of(application);
        // The provider loads a client only if its metadata is complete.
        if client.may(CODE) && client.redirect_uris.is_empty() && client.kind != "SAML" {
            return Err(refuse(400, "invalid_redirect_uri", "redirect_uris must contain members"));
        }
        Ok(client)
    }

    /// Returns the redirect URI of a request. A client with a single one can leave it out.
    pub(crate) fn redirect_uri(&self, context: &Context<'_>) -> Option<String> {
        match (context.parameter("redirect_uri"), self.redirect_uris.as_slice()) {
            (None, [only]) => Some(only.clone()),
            (given, _) => given.map(str::to_owned),
        }
    }

    fn built_in(application: &BuiltIn, origin: &str) -> Self {
        let mut pages: Vec<_> = [origin, LOCALHOST].map(|origin| format!("{origin}{}", application.path)).into();
        pages.dedup();
        let mut client = Self::of(&application.record());
        client.redirect_uris = if application.uses_device_flow { Vec::new() } else { pages.clone() };
        client.post_logout_redirect_uris = pages;
        if application.id == ACCOUNT_CENTER {
            client.settings.insert("alwaysIssueRefreshToken".to_owned(), true.into());
        }
        client
    }

    fn of(application: &Record) -> Self {
        let members =
            |name: &str| application.members.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        let metadata = members("oidcClientMetadata");
        let texts = |name: &str| -> Vec<String> {
            let list = metadata.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            id: application.id.clone(),
            kind: application.text("type").to_owned(),
            is_third_party: application.is_true("isThirdParty"),
            settings: members("customClientMetadata"),
            redirect_uris: texts("redirectUris"),
            post_logout_redirect_uris: texts("postLogoutRedirectUris"),
            backchannel_logout_uri: metadata.get("backchannelLogoutUri").and_then(Value::as_str).map(str::to_owned),
            backchannel_logout_session_required: metadata.get("backchannelLogoutSessionRequired")
                == Some(&Value::Bool(true)),
        }
    }
}

/// Authenticates the application that makes a request.
pub(crate) fn authenticate(context: &Context<'_>) -> Outcome<Client> {
    let (id, secret) = credentials(context)?;
    let client = Client::find(context.state, &context.request.origin, &id)?;
    let failed = || refuse(401, "invalid_client", "client authentication failed");
    if client.is_public() {
        return if secret.is_none() { Ok(client) } else { Err(failed()) };
    }
    let secret = secret.ok_or_else(failed)?;
    let mut secrets = context.state.store.all(&APPLICATION_SECRETS).filter(|record| record.text("applicationId") == id);
    let record = secrets.find(|record| record.text("value") == secret).ok_or_else(failed)?;
    let expired = record.members.get("expiresAt").and_then(Value::as_f64).is_some_and(|at| at <= context.now as f64);
    if expired { Err(invalid("client secret has expired")) } else { Ok(client) }
}

/// Returns the id and secret from the `Authorization` header. Without that header, they are in the form.
pub(crate) fn credentials(context: &Context<'_>) -> Outcome<(String, Option<String>)> {
    let (id, secret) = (context.parameter("client_id"), context.parameter("client_secret"));
    let Some(header) = context.request.headers.get("authorization") else {
        let id = id.ok_or_else(|| invalid("no client authentication mechanism provided"))?;
        return Ok((id.to_owned(), secret.map(str::to_owned)));
    };
    let (basic_id, basic_secret) = basic(header).ok_or_else(|| invalid("invalid authorization header value format"))?;
    if id.is_some_and(|id| id != basic_id) {
        return Err(invalid("mismatch in body and authorization client ids"));
    }
    if secret.is_some() {
        return Err(invalid("client authentication must only be provided using one mechanism"));
    }
    Ok((basic_id, Some(basic_secret)))
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
