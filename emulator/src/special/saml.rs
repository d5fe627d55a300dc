use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Handler;
use crate::call::Call;
use crate::certificates::bare;
use crate::collections::{SAML_APPLICATION_SECRETS, SAML_APPLICATIONS, saml_config};
use crate::errors::{Outcome, Refusal, internal, not_found};
use crate::reply;
use crate::saml::{self, AuthnRequest, escape};
use crate::store::{Members, text};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListSamlApplicationMetadata", metadata),
    ("GetSamlApplicationCallback", callback),
    ("GetSamlAuthn", |call| {
        let request = call.request.query.get("SAMLRequest").unwrap_or_default();
        // The server does not expect other data here.
        let text = decode(request).and_then(|bytes| inflate(&bytes)).ok_or_else(internal)?;
        begin(call, &text)
    }),
    ("CreateSamlAuthn", |call| {
        let text = decode(call.text("SAMLRequest")).unwrap_or_default();
        begin(call, &String::from_utf8_lossy(&text))
    }),
];

/// The cookie that identifies a sign-in that a service provider began.
const COOKIE: &str = "_logto_sp_saml_sso_session_id";
/// The maximum size of a decompressed request, in bytes.
const LARGEST: usize = 1 << 20;

/// An application with an active certificate.
struct Active {
    id: String,
    config: Members,
    certificate: String,
}

fn active(call: &Call<'_>) -> Outcome<Active> {
    let id = call.parameter(0);
    let store = &call.state.store;
    let config = store.get(&SAML_APPLICATIONS, id).and_then(saml_config);
    let mut secrets = store.all(&SAML_APPLICATION_SECRETS);
    let secret = secrets.find(|secret| secret.text("applicationId") == id && secret.is_true("active"));
    let (config, secret) = config.zip(secret).ok_or_else(|| {
        let message = format!("The SAML application `{id}` does not exist or has no active certificate.");
        not_found().with("data", json!({ "message": message }))
    })?;
    Ok(Active { id: id.to_owned(), config: config.clone(), certificate: secret.text("certificate").to_owned() })
}

fn metadata(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let active = active(call)?;
    let certificate = bare(&active.certificate);
    let format = text(&active.config, "nameIdFormat");
    let metadata = saml::metadata(&call.request.origin, &active.id, &certificate, format);
    Ok(reply::text(call.success(), "text/xml;charset=utf-8", metadata))
}

/// Sends the browser to the sign-in for a request of a service provider.
fn begin(call: &mut Call<'_>, request: &str) -> Outcome<HttpResponse> {
    let active = active(call)?;
    let request = AuthnRequest::parse(request).ok_or_else(|| {
        let message = "The SAML request is invalid.";
        Refusal::new(400, "application.saml.invalid_saml_request", message)
    })?;
    if request.issuer != text(&active.config, "entityId") {
        let message = "The issuer of the request is not the entity id of the application.";
        return Err(Refusal::new(400, "application.saml.auth_request_issuer_not_match", message));
    }
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (origin, id) = (&call.request.origin, &active.id);
    let redirect = encode(&format!("{origin}/api/saml-applications/{id}/callback"));
    let state = call.state.ids.id(32);
    let location = format!(
        "{origin}/oidc/auth?client_id={id}&redirect_uri={redirect}&response_type=code&prompt=login\
         &scope=openid+profile+email&state={state}"
    );
    let session = call.state.ids.id(32);
    let cookie = format!("{COOKIE}={session}; path=/; samesite=lax; httponly");
    let body = format!("Redirecting to {}.", escape(&location));
    let response = reply::text(302, "text/html; charset=utf-8", body);
    Ok(response.header("location", location).header("set-cookie", cookie))
}

/// Receives the result of the sign-in.
fn callback(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let query = |name| call.request.query.get(name).filter(|value| !value.is_empty());
    if query("code").is_none() && query("error").is_none() {
        return Err(Refusal::new(400, "guard.invalid_input", "The query has neither `code` nor `error`."));
    }
    active(call)?;
    if query("error").is_some() {
        return Err(Refusal::new(400, "oidc.invalid_request", "The sign-in failed."));
    }
    if query("state").is_none() {
        return Err(internal());
    }
    let message = "No service provider began this sign-in.";
    Err(Refusal::new(400, "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies", message))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn inflate(bytes: &[u8]) -> Option<String> {
    String::from_utf8(miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, LARGEST).ok()?).ok()
}
