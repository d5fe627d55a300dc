//! Identifies the user of an interaction by a verification record, or creates one.

use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::identities::Provided;
use super::organizations::INVITATIONS;
use super::{changes, guards, passkeys, people, profile, progress, social, sso};
use crate::call::{Call, Handler};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::record::{Members, Record};
use crate::state::progress::{Event, Kind, Verification};

pub(super) const ALL: &[(&str, Handler)] = &[("IdentifyUser", run)];

pub(super) fn run(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.body.get("verificationId").and_then(Value::as_str).map(str::to_owned);
    if progress(call)?.event == Event::Register {
        return register(call, id);
    }
    let id = id.ok_or_else(|| Refusal::new(400, "guard.invalid_input", "The request verificationId is invalid."))?;
    let record = progress(call)?.verification(&id)?.clone();
    let links = call.body.get("linkSocialIdentity") == Some(&Value::Bool(true));
    identify(call, &record, links)?;
    Ok(reply::nothing(204))
}

/// Identifies the user that a record belongs to, and returns them.
///
/// With `links`, a social identity belongs to the user with the same email address or phone number.
pub(super) fn identify(call: &mut Call<'_>, record: &Verification, links: bool) -> Outcome<Record> {
    let event = progress(call)?.event;
    guards::identification(call.state, event, record)?;
    if !record.is_valid() {
        return Err(super::unverified());
    }
    let (user, provided) = owner(call, record, links)?;
    people::refuse_suspended(&user)?;
    let progress = progress(call)?;
    match &progress.user {
        Some(known) if *known != user.id => return Err(super::conflict()),
        Some(_) => {}
        None => {
            progress.user = Some(user.id.clone());
            provided.add_to(progress);
        }
    }
    Ok(user)
}

/// Returns the user that a record belongs to, and what the record's provider adds.
fn owner(call: &Call<'_>, record: &Verification, links: bool) -> Outcome<(Record, Provided)> {
    match record.kind {
        Kind::Social => return social::owner(call, record, links),
        Kind::EnterpriseSso => return sso::owner(call, record),
        Kind::SignInPasskey => return Ok((passkeys::owner(call, record)?.clone(), Provided::default())),
        _ => {}
    }
    let unknown = || Refusal::new(404, "user.user_not_exist", "No user has this identifier.");
    let identifier = record.identifier.as_ref().ok_or_else(super::unverified)?;
    let user = people::find(call.state, identifier).cloned();
    let about = Members::from_iter([("identifier".to_owned(), identifier.value.clone().into())]);
    let user = user.ok_or_else(|| unknown().with("data", about))?;
    Ok((user, Provided { members: invitations(record), tokens: None }))
}

/// Returns the organizations that a user joins of their one-time token.
fn invitations(record: &Verification) -> Members {
    let context = record.shown.get("oneTimeTokenContext").and_then(|context| context.get("jitOrganizationIds"));
    context.map(|ids| (INVITATIONS.to_owned(), ids.clone())).into_iter().collect()
}

/// Creates a user from what was entered and, if there is one, from a record.
fn register(call: &mut Call<'_>, id: Option<String>) -> Outcome<HttpResponse> {
    if let Some(id) = id {
        let record = progress(call)?.verification(&id)?.clone();
        guards::not_of_enterprise(call.state, &record)?;
        guards::new_email(call.state, &record)?;
        enter(call, &record)?;
    }
    let current = progress(call)?.clone();
    guards::event(call.state, Event::Register, current.is_invited())?;
    guards::captcha(call.state, &current)?;
    changes::register(call, &current)?;
    Ok(reply::word(201))
}

/// Enters what a record proves about a new user.
fn enter(call: &mut Call<'_>, record: &Verification) -> Outcome<()> {
    let is_new = matches!(
        record.kind,
        Kind::NewPasswordIdentity
            | Kind::EmailCode
            | Kind::PhoneCode
            | Kind::OneTimeToken
            | Kind::Social
            | Kind::EnterpriseSso
    );
    if !is_new || !record.is_valid() {
        return Err(super::unverified());
    }
    let provided = match record.kind {
        Kind::Social => social::provided(call, record, true)?,
        Kind::EnterpriseSso => sso::provided(record)?,
        _ => Provided { members: invitations(record), tokens: None },
    };
    let mut members = provided.members;
    members.extend(record.identifier.as_ref().map(|known| (known.member().to_owned(), known.value.clone().into())));
    profile::set(call, members)?;
    let password = record.hidden.get("password").and_then(Value::as_str).map(str::to_owned);
    let progress = progress(call)?;
    progress.tokens = provided.tokens.or(progress.tokens.take());
    progress.password = password.or(progress.password.take());
    Ok(())
}
