//! Sign-ins at enterprise providers. They need no profile and no second factors.

use logto_admin::serde_json::json;
use logto_admin::transport::HttpResponse;

use super::{delegate, progress, redirect};
use crate::call::Call;
use crate::errors::{Outcome, Refusal};
use crate::experience::{changes, guards, identification, interaction, known, sso, submission};
use crate::http::{reply, sign_in_context};
use crate::providers::sso::of_email;
use crate::state::progress::{Event, Kind, Progress, missing};

pub(super) fn connectors(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let email = call.request.query.get("email").unwrap_or_default();
    Ok(reply::json(200, &json!(of_email(call.state, email))))
}

/// Starts a sign-in, which needs no other start.
pub(super) fn begin(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let started = Progress::new(Event::SignIn, sign_in_context::of(call.request));
    let current = interaction(call)?;
    current.is_aborted = false;
    current.progress = Some(started);
    let body = call.body.clone().into();
    redirect(&delegate(call, body, sso::create)?)
}

/// Returns the id of the record.
fn record(call: &mut Call<'_>) -> Outcome<String> {
    progress(call)?.of_kind(Kind::EnterpriseSso).map(|record| record.id.clone()).ok_or_else(missing)
}

pub(super) fn authenticate(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if progress(call)?.event != Event::SignIn {
        return Err(super::identifiers::no_connector_session(400));
    }
    let id = record(call)?;
    let body = json!({ "verificationId": id, "connectorData": call.body });
    delegate(call, body, sso::verify)?;
    let record = progress(call)?.verification(&id)?.clone();
    let unknown = |refusal: Refusal| match refusal.code() {
        // All providers have the same error.
        Some("user.sso_identity_not_exist") => Refusal::usual(422, "user.identity_not_exist").with("data", json!({})),
        _ => refusal,
    };
    let mut user = identification::identify(call, &record, false).map_err(unknown)?;
    let mut current = progress(call)?.clone();
    current.context = sign_in_context::of(call.request);
    changes::apply(call, &current, &mut user);
    submission::finish(call, &current, user)
}

/// Creates the user of an account at the provider.
pub(super) fn register(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    guards::event(call.state, Event::Register, false)?;
    let id = record(call)?;
    progress(call)?.event = Event::Register;
    delegate(call, json!({ "verificationId": id }), identification::run)?;
    let (current, user) = (progress(call)?.clone(), known(call)?);
    submission::finish(call, &current, user)
}
