//! Identifies the user of an interaction by a verification record, or creates one.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::identities::Provided;
use super::{changes, guards, identities, organizations, passkeys, people, progress, social, sso};
use crate::call::{Call, Handler};
use crate::collections::ORGANIZATIONS;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::record::Record;
use crate::state::progress::{Event, Kind, Verification, missing};

pub(super) const ALL: &[(&str, Handler)] = &[("IdentifyUser", run)];

pub(super) fn run(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.body.get("verificationId").and_then(Value::as_str).map(str::to_owned);
    let progress = progress(call)?;
    let event = progress.event;
    let record = id.map(|id| progress.verification(&id).cloned()).transpose()?;
    match event {
        Event::Register => register(call, record),
        Event::SignIn | Event::ForgotPassword => recognize(call, record),
    }
}

/// Rejects a record that proves nothing yet.
fn check(call: &Call<'_>, event: Event, record: &Verification) -> Outcome<()> {
    guards::identification(call.state, event, record)?;
    if record.is_valid() { Ok(()) } else { Err(super::unverified()) }
}

fn recognize(call: &mut Call<'_>, record: Option<Verification>) -> Outcome<HttpResponse> {
    let record = record.ok_or_else(missing)?;
    let links = call.body.get("linkSocialIdentity") == Some(&Value::Bool(true));
    let user = identify(call, &record, links)?;
    join_organizations(call, &record, &user.id);
    Ok(reply::nothing(204))
}

/// Identifies the user that a record belongs to, and returns them.
///
/// With `links`, a social identity belongs to the user with the same email address or phone number.
pub(super) fn identify(call: &mut Call<'_>, record: &Verification, links: bool) -> Outcome<Record> {
    let event = progress(call)?.event;
    check(call, event, record)?;
    let (user, provided) = owner(call, record, links)?;
    people::refuse_suspended(&user)?;
    let progress = progress(call)?;
    if progress.user.as_ref().is_some_and(|known| *known != user.id) {
        let message = "Another user has been identified in this interaction.";
        return Err(Refusal::new(409, "session.identity_conflict", message));
    }
    progress.user = Some(user.id.clone());
    provided.add_to(progress);
    Ok(user)
}

/// Returns the user that a record belongs to, and what the provider of a record adds.
fn owner(call: &Call<'_>, record: &Verification, links: bool) -> Outcome<(Record, Provided)> {
    match record.kind {
        Kind::Social => return social::owner(call, record, links),
        Kind::EnterpriseSso => return sso::owner(call, record),
        Kind::SignInPasskey => return Ok((passkeys::owner(call, record)?.clone(), Provided::default())),
        _ => {}
    }
    let unknown = || Refusal::new(404, "user.user_not_exist", "No user has this identifier.");
    let identifier = record.identifier.as_ref().ok_or_else(unknown)?;
    let user = people::find(call.state, identifier).ok_or_else(unknown)?.clone();
    Ok((user, Provided::default()))
}

/// Makes the user of a one-time token a member of the organizations that its context names.
fn join_organizations(call: &mut Call<'_>, record: &Verification, user: &str) {
    let context = record.shown.get("oneTimeTokenContext").and_then(|context| context.get("jitOrganizationIds"));
    let ids: Vec<String> =
        context.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    for id in ids.iter().filter(|id| !id.is_empty()) {
        if call.state.store.get(&ORGANIZATIONS, id).is_some() {
            organizations::join(call.state, user, id);
        }
    }
}

fn register(call: &mut Call<'_>, record: Option<Verification>) -> Outcome<HttpResponse> {
    guards::event(call.state, Event::Register)?;
    if let Some(record) = &record {
        check(call, Event::Register, record)?;
        guards::new_email(call.state, record)?;
    }
    let mut draft = progress(call)?.clone();
    let proof = record.clone();
    match record.as_ref().map(|record| (record.kind, record)) {
        Some((Kind::Social, record)) => social::provided(call, record, true)?.add_to(&mut draft),
        Some((Kind::EnterpriseSso, record)) => sso::provided(call, record)?.add_to(&mut draft),
        _ => {}
    }
    identities::refuse_taken(call.state, &draft.profile, "")?;
    if let Some(Verification { identifier: Some(identifier), kind, hidden, .. }) = record {
        people::refuse_taken(call.state, &identifier, "")?;
        draft.profile.insert(identifier.member().to_owned(), identifier.value.into());
        if kind == Kind::NewPasswordIdentity {
            draft.password = hidden.get("password").and_then(Value::as_str).map(str::to_owned);
        }
    }
    let user = changes::register(call, &draft)?;
    if let Some(proof) = proof {
        join_organizations(call, &proof, &user);
    }
    Ok(reply::word(201))
}
