use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;
use p384::ecdsa::SigningKey;

use super::Handler;
use crate::call::Call;
use crate::collections::{SAML_APPLICATION_SECRETS, SAML_APPLICATIONS, USERS};
use crate::crypto::certificates::bare;
use crate::errors::{Outcome, Refusal, internal, not_found};
use crate::http::reply;
use crate::http::request::form_encoded;
use crate::oidc::{claims, cookies, form_post, invalid_grant, redirect, saml_callback};
use crate::providers::saml::{self, AuthnRequest};
use crate::providers::saml_response::Response;
use crate::record::{Members, Record, text};
use crate::rules::{saml_config, saml_key};
use crate::state::logs::Entry;
use crate::state::saml_session::SamlSession;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListSamlApplicationMetadata", metadata),
    ("GetSamlApplicationCallback", |call| logged(call, "Callback", callback)),
    ("GetSamlAuthn", |call| {
        let request = call.request.query.get("SAMLRequest").unwrap_or_default();
        // The server does not expect other data here.
        let text = decode(request).and_then(|bytes| inflate(&bytes)).ok_or_else(internal)?;
        let relay_state = call.request.query.get("RelayState").map(str::to_owned);
        logged(call, "AuthnRequest", |call| begin(call, &text, relay_state))
    }),
    ("CreateSamlAuthn", |call| {
        let text = decode(call.text("SAMLRequest")).unwrap_or_default();
        let relay_state = call.body.get("RelayState").and_then(Value::as_str).map(str::to_owned);
        logged(call, "AuthnRequest", |call| begin(call, &String::from_utf8_lossy(&text), relay_state))
    }),
];

/// The cookie that identifies a sign-in that a service provider began.
const COOKIE: &str = "_logto_sp_saml_sso_session_id";
/// Longest duration of a sign-in, in milliseconds.
const LIFETIME: i64 = 3_600_000;
/// The maximum size of a decompressed request, in bytes.
const LARGEST: usize = 1 << 20;

/// Logs the outcome of a step of a sign-in.
fn logged(
    call: &mut Call<'_>,
    step: &str,
    run: impl FnOnce(&mut Call<'_>) -> Outcome<HttpResponse>,
) -> Outcome<HttpResponse> {
    let outcome = run(call);
    let payload = Members::from_iter([("applicationId".to_owned(), call.parameter(0).into())]);
    let error = outcome.as_ref().err().map(Refusal::logged);
    let entry = Entry::new(format!("SamlApplication.{step}"), error, payload).from(call.request);
    call.state.log(call.now, entry);
    outcome
}

/// An application with an active certificate.
struct Active {
    id: String,
    config: Members,
    certificate: String,
    key: SigningKey,
}

fn active(call: &Call<'_>) -> Outcome<Active> {
    let id = call.parameter(0);
    let store = &call.state.store;
    let config = store.get(&SAML_APPLICATIONS, id).and_then(saml_config);
    let mut secrets = store.all(&SAML_APPLICATION_SECRETS);
    let secret = secrets.find(|secret| secret.text("applicationId") == id && secret.is_true("active"));
    let (config, secret) = config.zip(secret).ok_or_else(|| {
        let message = format!("Can not find SAML application by ID ({id}) with active certificate.");
        not_found().with("data", json!({ "message": message }))
    })?;
    let key = saml_key(secret).ok_or_else(internal)?;
    let certificate = secret.text("certificate").to_owned();
    Ok(Active { id: id.to_owned(), config: config.clone(), certificate, key })
}

fn metadata(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let active = active(call)?;
    let certificate = bare(&active.certificate);
    let format = text(&active.config, "nameIdFormat");
    let metadata = saml::metadata(&call.request.origin, &active.id, &certificate, format);
    Ok(reply::text(call.success(), "text/xml;charset=utf-8", metadata))
}

/// Sends the browser to the sign-in for a request of a service provider.
fn begin(call: &mut Call<'_>, request: &str, relay_state: Option<String>) -> Outcome<HttpResponse> {
    let active = active(call)?;
    let request = AuthnRequest::parse(request).ok_or_else(|| {
        let message = "Invalid SAML authentication request.";
        Refusal::new(400, "application.saml.invalid_saml_request", message)
    })?;
    if request.issuer != text(&active.config, "entityId") {
        let message = "The issuer of the request is not the entity id of the application.";
        return Err(Refusal::new(400, "application.saml.auth_request_issuer_not_match", message));
    }
    let (origin, id) = (&call.request.origin, &active.id);
    let callback = saml_callback(origin, id);
    let callback = form_encoded(&callback);
    let state = call.state.ids.id(32);
    let location = format!(
        "{origin}/oidc/auth?client_id={id}&redirect_uri={callback}&response_type=code&prompt=login\
         &scope=openid+profile+email&state={state}"
    );
    let session = call.state.ids.id(32);
    let cookie = format!("{COOKIE}={session}; path=/; samesite=lax; httponly");
    let expires_at = call.now.saturating_add(LIFETIME);
    let begun = SamlSession { application: active.id, request: request.id, relay_state, state, expires_at };
    let now = call.now;
    call.state.saml_sessions.retain(|_, known| known.expires_at > now);
    call.state.saml_sessions.insert(session, begun);
    Ok(redirect(302, &location).header("set-cookie", cookie))
}

/// Receives the result of the sign-in. Sends the browser to the service provider with a response.
fn callback(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let query = |name| call.request.query.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let (code, state) = (query("code"), query("state"));
    if code.is_none() && query("error").is_none() {
        return Err(Refusal::new(400, "guard.invalid_input", "The request query is invalid."));
    }
    let active = active(call)?;
    let Some(code) = code.filter(|_| query("error").is_none()) else {
        return Err(Refusal::usual(400, "oidc.invalid_request"));
    };
    let state = state.ok_or_else(internal)?;
    let now = call.now;
    let id = call.request.cookie(COOKIE).unwrap_or_default().to_owned();
    let session = call.state.saml_sessions.remove(&id).filter(|known| known.expires_at > now);
    let session = session.filter(|known| known.application == active.id && known.state == state).ok_or_else(|| {
        let message = "Service provider initiated SAML SSO session ID not found in cookies.";
        Refusal::new(400, "application.saml.sp_initiated_saml_sso_session_not_found_in_cookies", message)
    })?;
    let user = user_of(call, &active.id, &code)?;
    let mut response = respond(call, &active, &session, &user)?;
    cookies::remove(&mut response, COOKIE, "/");
    Ok(response)
}

/// Returns the user that has signed in with a code, which can be used once.
fn user_of(call: &mut Call<'_>, application: &str, code: &str) -> Outcome<Record> {
    let redirect_uri = saml_callback(&call.request.origin, application);
    let found = call.state.oidc.codes.get_mut(code);
    let found =
        found.filter(|code| !code.used && code.authorized.client == application && code.redirect_uri == redirect_uri);
    let found = found.ok_or_else(invalid_grant)?;
    found.used = true;
    let user = found.authorized.user.clone();
    call.record(&USERS, &user).cloned()
}

/// Returns the page that sends the response to the service provider.
fn respond(call: &mut Call<'_>, active: &Active, session: &SamlSession, user: &Record) -> Outcome<HttpResponse> {
    let destination = active
        .config
        .get("acsUrl")
        .and_then(|url| url.get("url")?.as_str())
        .ok_or_else(|| Refusal::new(400, "application.saml.acs_url_required", "The application has no ACS URL."))?;
    let format = text(&active.config, "nameIdFormat");
    let by_email = format.ends_with(":emailAddress");
    let identifier = if by_email { user.text("primaryEmail") } else { user.id.as_str() };
    let claims = claims::of(call.state, &user.id, &["profile", "email", "phone"], |_| false);
    let mapping = active.config.get("attributeMapping").and_then(Value::as_object).into_iter().flatten();
    let attributes = mapping.filter_map(|(claim, name)| {
        let value = claims.get(if claim == "id" { "sub" } else { claim.as_str() })?;
        Some((name.as_str()?.to_owned(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
    });
    let issuer = format!("{}/saml/{}", call.request.origin, active.id);
    let response = Response {
        issuer: &issuer,
        audience: text(&active.config, "entityId"),
        destination,
        request: &session.request,
        name_id: (format, identifier),
        attributes: attributes.collect(),
        ids: std::array::from_fn(|_| format!("ID_{}", call.state.ids.id(21))),
        now: call.now,
        session_end: session.expires_at,
    };
    let response = STANDARD.encode(response.signed(&active.key, &bare(&active.certificate)));
    let mut members = vec![("SAMLResponse", response.as_str())];
    members.extend(session.relay_state.as_deref().map(|state| ("RelayState", state)));
    Ok(form_post(destination, &members))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn inflate(bytes: &[u8]) -> Option<String> {
    String::from_utf8(miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, LARGEST).ok()?).ok()
}
