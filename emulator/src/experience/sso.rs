//! Proofs by an account at an enterprise provider.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::identities::{self, Provided, SYNCED};
use super::organizations::ENTERPRISE;
use super::{people, progress, verification};
use crate::call::{Call, Handler};
use crate::collections::{SSO_CONNECTORS, USERS};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::http::request::add_parameter;
use crate::oidc::interactions::missing;
use crate::oidc::redirect;
use crate::providers::social::unexpected_type;
use crate::providers::sso::{self, Protocol};
use crate::providers::sso_sign_in::{self, Begun};
use crate::record::{Members, Record, text};
use crate::state::progress::{ENTERPRISE_PROFILE, Identifier, Kind, Progress, Verification};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CreateEnterpriseSsoVerification", create),
    ("VerifyEnterpriseSsoVerification", verify),
    ("AssertSingleSignOnSaml", assert_saml),
];

/// Hidden members of a record. They are state and redirect URI of the client, the profile in a SAML response, and
/// tokens.
const STATE: &str = "state";
const REDIRECT_URI: &str = "redirectUri";
const ASSERTED: &str = "asserted";
const TOKENS: &str = "tokens";

pub(super) fn create(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    progress(call)?;
    let connector = call.record(&SSO_CONNECTORS, call.parameter(0))?.clone();
    let (state, redirect_uri) = (call.text("state").to_owned(), call.text("redirectUri").to_owned());
    let begun = Begun {
        connector: &connector,
        origin: &call.request.origin,
        state: &state,
        redirect_uri: &redirect_uri,
        interaction: &call.caller,
    };
    let (uri, issuer) = begun.address_and_issuer(call.state, call.now)?;
    let mut record = Verification::new(call.state.ids.id(21), Kind::EnterpriseSso);
    record.shown.insert("connectorId".to_owned(), connector.id.clone().into());
    record.hidden = [(STATE, state), (REDIRECT_URI, redirect_uri), ("issuer", issuer)]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let answer = json!({ "authorizationUri": uri, "verificationId": record.id });
    progress(call)?.add(record);
    Ok(reply::json(call.success(), &answer))
}

pub(super) fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let connector = call.parameter(0).to_owned();
    let id = call.text("verificationId").to_owned();
    let record = progress(call)?.of_connector(&id, Kind::EnterpriseSso, &connector)?;
    // Each start is good for one response.
    let (state, asserted) = (record.hidden.remove(STATE), record.hidden.remove(ASSERTED));
    let connector = call.record(&SSO_CONNECTORS, &connector)?.clone();
    let state = state.ok_or_else(|| no_session(400))?;
    let data = call.object("connectorData");
    let profile = match asserted {
        Some(profile) => profile,
        None => sso_sign_in::profile(&connector, &data, state.as_str().unwrap_or_default())?.into(),
    };
    let progress = progress(call)?;
    progress.captcha.skipped = true;
    let record = progress.verification(&id)?;
    let issuer = record.hidden.get("issuer").cloned().unwrap_or_default();
    record.shown.extend([(ENTERPRISE_PROFILE.to_owned(), profile), ("issuer".to_owned(), issuer)]);
    let tokens = data.get("tokenResponse").filter(|_| connector.is_true("enableTokenStorage"));
    record.hidden.extend(tokens.map(|tokens| (TOKENS.to_owned(), tokens.clone())));
    Ok(verification(call, &id))
}

/// Returns the error for a response of a provider that nobody waits for.
fn no_session(status: u16) -> Refusal {
    let code = "session.connector_validation_session_not_found";
    Refusal::new(status, code, "The connector session for token validation is not found.")
}

/// Receives the response of a SAML provider. Sends the browser back to the sign-in page.
fn assert_saml(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let connector = call.record(&SSO_CONNECTORS, call.parameter(0))?.clone();
    if sso::provider_of(&connector).is_none_or(|provider| provider.protocol != Protocol::Saml) {
        return Err(unexpected_type("The connector does not use SAML."));
    }
    let interaction = call.text("RelayState").to_owned();
    if interaction.is_empty() {
        return Err(no_session(404));
    }
    let response = call.text("SAMLResponse").to_owned();
    let waiting = call.state.oidc.interactions.get_mut(&interaction).ok_or_else(missing)?;
    let record = waiting.progress.as_mut().and_then(Progress::at_enterprise).ok_or_else(|| no_session(400))?;
    if record.text("connectorId") != connector.id {
        return Err(no_session(404));
    }
    let profile = sso_sign_in::profile_of_assertion(&connector, &response)?;
    record.hidden.insert(ASSERTED.to_owned(), profile.into());
    let mut target = text(&record.hidden, REDIRECT_URI).to_owned();
    add_parameter(&mut target, "state", text(&record.hidden, STATE));
    Ok(redirect(302, &target))
}

fn profile(record: &Verification) -> Outcome<&Members> {
    record.shown.get(ENTERPRISE_PROFILE).and_then(Value::as_object).ok_or_else(super::unverified)
}

/// Returns the identity that a verified record proves.
fn identity(record: &Verification) -> Outcome<Members> {
    let profile = profile(record)?;
    let identity = json!({
        "identityId": text(profile, "id"),
        "ssoConnectorId": record.text("connectorId"),
        "issuer": record.text("issuer"),
        "detail": profile,
    });
    Ok(identity.as_object().cloned().unwrap_or_default())
}

fn tokens(record: &Verification) -> Option<Members> {
    record.hidden.get(TOKENS).and_then(Value::as_object).cloned()
}

/// Returns the user that has the identity. Otherwise, returns the user with the same email address, and adds the identity
/// to them.
pub(super) fn owner(call: &Call<'_>, record: &Verification) -> Outcome<(Record, Provided)> {
    let (profile, mut identity) = (profile(record)?, identity(record)?);
    let known = identities::find(call.state, &identity).map(|known| known.text("userId"));
    let email = Identifier { kind: "email".to_owned(), value: text(profile, "email").to_owned() };
    let by_email = || people::find(call.state, &email).filter(|_| !email.value.is_empty());
    let user = known.and_then(|id| call.state.store.get(&USERS, id)).or_else(by_email);
    let message = "The enterprise SSO account has not been registered yet.";
    let user = user.ok_or_else(|| Refusal::new(404, "user.sso_identity_not_exist", message))?.clone();
    let mut provided = Provided { tokens: tokens(record), ..Provided::default() };
    let member = if known.is_some() { SYNCED } else { ENTERPRISE };
    if known.is_some() {
        identity.remove("ssoConnectorId");
    }
    provided.members.insert(member.to_owned(), identity.into());
    if call.record(&SSO_CONNECTORS, record.text("connectorId"))?.is_true("syncProfile") {
        provided.describe(profile);
    }
    Ok((user, provided))
}

/// Returns what a record adds to a user that does not exist yet.
pub(super) fn provided(record: &Verification) -> Outcome<Provided> {
    let mut provided = Provided { tokens: tokens(record), ..Provided::default() };
    provided.members.insert(ENTERPRISE.to_owned(), identity(record)?.into());
    let profile = profile(record)?;
    provided.describe(profile);
    provided.add_address(&Identifier { kind: "email".to_owned(), value: text(profile, "email").to_owned() });
    Ok(provided)
}
