//! Logs token requests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::HttpResponse;

use super::super::Context;
use super::super::client;
use crate::collections::APPLICATION_SECRETS;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, text};
use crate::state::logs::{Entry, MASK};
use crate::state::oidc::{CODE, CREDENTIALS, DEVICE, EXCHANGE, REFRESH};

/// Parameters that the log masks.
const SECRET: [&str; 4] = ["actor_token", "client_secret", "refresh_token", "subject_token"];

/// Logs the outcome of a token request.
pub(super) fn log(context: &mut Context<'_>, outcome: &Outcome<HttpResponse>) {
    let entry = entry(context, outcome).from(context.request);
    context.state.log(context.now, entry);
}

fn entry(context: &Context<'_>, outcome: &Outcome<HttpResponse>) -> Entry {
    let body = match outcome {
        Ok(response) => response.body.bytes(),
        Err(refusal) => Refusal::clone(refusal).into_response().body.bytes(),
    };
    let answer: Members = serde_json::from_slice(&body).unwrap_or_default();
    let grant = context.parameter("grant_type").unwrap_or_default();
    let mut payload = Members::new();
    let mut tell = |name: &str, value: Value| payload.insert(name.to_owned(), value);
    let authenticated = client::authenticate(context).is_ok();
    if let Ok((id, secret)) = client::credentials(context)
        && context.state.application(&id).is_some()
    {
        if let Some(name) = secret.filter(|_| authenticated).and_then(|secret| secret_name(context, &id, &secret)) {
            tell("applicationSecret", json!({ "name": name }));
        }
        tell("applicationId", id.into());
    }
    tell("params", parameters(context, authenticated && key(grant) != "Unknown").into());
    let types = [("access_token", "AccessToken"), ("refresh_token", "RefreshToken"), ("id_token", "IdToken")];
    let types: Vec<&str> = types.iter().filter(|(name, _)| answer.contains_key(*name)).map(|(_, kind)| *kind).collect();
    tell("tokenTypes", types.into());
    if let Some(scope) = answer.get("scope").filter(|scope| scope.as_str().is_some_and(|scope| !scope.is_empty())) {
        tell("scope", scope.clone());
    }
    if let Some(user) = user(context, &answer).filter(|_| grant != CREDENTIALS) {
        tell("userId", user.into());
    }
    Entry::new(format!("ExchangeTokenBy.{}", key(grant)), outcome.is_err().then(|| error(&answer)), payload)
}

fn key(grant: &str) -> &'static str {
    match grant {
        CREDENTIALS => "ClientCredentials",
        CODE => "AuthorizationCode",
        REFRESH => "RefreshToken",
        EXCHANGE => "TokenExchange",
        DEVICE => "DeviceCode",
        _ => "Unknown",
    }
}

/// Returns the parameters without secrets. The real server masks all of them before it has found the client and the grant.
fn parameters(context: &Context<'_>, known: bool) -> Members {
    let mut parameters = Members::new();
    for (name, value) in context.form.iter().filter(|(name, _)| *name != "client_id") {
        let value = if SECRET.contains(&name) { MASK } else { value };
        parameters.insert(name.to_owned(), value.into());
    }
    let masked: &[&str] = if known { &["client_secret"] } else { &SECRET };
    parameters.extend(masked.iter().map(|name| ((*name).to_owned(), MASK.into())));
    parameters
}

fn secret_name(context: &Context<'_>, application: &str, secret: &str) -> Option<String> {
    let mut secrets = context.state.store.all(&APPLICATION_SECRETS);
    let found = secrets.find(|record| record.text("applicationId") == application && record.text("value") == secret);
    found.map(|record| record.text("name").to_owned())
}

/// Returns the user of the access token in an answer.
fn user(context: &Context<'_>, answer: &Members) -> Option<String> {
    let token = text(answer, "access_token");
    if let Some(known) = context.state.oidc.access_tokens.get(token) {
        return Some(known.user.clone());
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Members = serde_json::from_slice(&payload).ok()?;
    claims.get("sub").and_then(Value::as_str).map(str::to_owned)
}

/// Returns an error as the server logs it: as text.
fn error(answer: &Members) -> Value {
    let code = text(answer, "error");
    let name: String = code.split('_').map(capitalized).collect();
    let error = json!({
        "stack": format!("{name}: {code}"),
        "message": code,
        "allow_redirect": true,
        "name": name,
        "error": code,
        "expose": true,
        "error_description": text(answer, "error_description"),
    });
    error.to_string().into()
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}
