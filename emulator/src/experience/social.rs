//! Proofs by an account at a social provider.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::identities::{Provided, SOCIAL};
use super::{people, progress, verification};
use crate::call::{Call, Handler};
use crate::collections::{CONNECTORS, USERS};
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::operations::connectors::{of_sign_in, redirect_to, require_target};
use crate::operations::identities::identity_of;
use crate::providers::social;
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Identifier, Kind, SOCIAL_PROFILE, Verification};

pub(super) const ALL: &[(&str, Handler)] =
    &[("CreateSocialVerification", create), ("VerifySocialVerification", verify)];

pub(super) fn create(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    progress(call)?;
    require_target(&call.body)?;
    let connector = call.record(&CONNECTORS, call.parameter(0))?.clone();
    let uri = redirect_to(&connector, &call.body)?;
    let id = add(call, &connector)?;
    Ok(reply::json(call.success(), &json!({ "authorizationUri": uri, "verificationId": id })))
}

fn add(call: &mut Call<'_>, connector: &Record) -> Outcome<String> {
    let mut record = Verification::new(call.state.ids.id(21), Kind::Social);
    record.shown.insert("connectorId".to_owned(), connector.id.clone().into());
    let id = record.id.clone();
    progress(call)?.add(record);
    Ok(id)
}

/// Verifies what the provider has sent. The pop-up of Google needs no record: Google itself begins.
pub(super) fn verify(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    progress(call)?;
    let connector = of_sign_in(call, call.parameter(0))?.clone();
    let data = call.object("connectorData");
    let is_popup = connector.text("connectorId") == "google-universal" && data.contains_key("credential");
    let id = if is_popup { add(call, &connector)? } else { call.text("verificationId").to_owned() };
    progress(call)?.of_connector(&id, Kind::Social, &connector.id)?;
    let profile = social::profile(call.state, &connector, &data)?;
    let progress = progress(call)?;
    progress.verification(&id)?.shown.insert(SOCIAL_PROFILE.to_owned(), profile.into());
    progress.captcha.skipped = true;
    Ok(verification(call, &id))
}

/// Verifies what the provider has sent. Uses the record that an earlier call has added, or adds a new one.
pub(super) fn verify_any(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let connector = of_sign_in(call, call.parameter(0))?.clone();
    let known = progress(call)?.of_kind(Kind::Social).filter(|record| record.text("connectorId") == connector.id);
    let id = match known.map(|record| record.id.clone()) {
        Some(id) => id,
        None => add(call, &connector)?,
    };
    call.body.insert("verificationId".to_owned(), id.into());
    verify(call)
}

/// Returns the connector and the profile of a verified record.
fn verified<'c, 'r>(call: &'c Call<'_>, record: &'r Verification) -> Outcome<(&'c Record, &'r Members)> {
    let profile = record.shown.get(SOCIAL_PROFILE).and_then(Value::as_object).ok_or_else(super::unverified)?;
    Ok((call.record(&CONNECTORS, record.text("connectorId"))?, profile))
}

/// Returns the user that has the identity. With `links`, it can also have the same email address or phone number.
pub(super) fn owner(call: &Call<'_>, record: &Verification, links: bool) -> Outcome<(Record, Provided)> {
    let (connector, profile) = verified(call, record)?;
    let has = |user: &&Record| identity_of(user, connector.text("target")) == Some(text(profile, "id"));
    let related = related(call.state, profile);
    let user = if links { related.as_ref().map(|(user, _)| *user) } else { call.state.store.all(&USERS).find(has) };
    let Some(user) = user.cloned() else {
        let refusal = Refusal::usual(404, "user.identity_not_exist");
        let data = related.map_or_else(|| json!({}), |(_, by)| json!({ "relatedUser": by.shown() }));
        return Err(if links { refusal } else { refusal.with("data", data) });
    };
    let mut provided = if links { identity(connector, profile) } else { Provided::default() };
    if connector.is_true("syncProfile") {
        provided.describe(profile);
    }
    provided.tokens = tokens(connector, profile);
    Ok((user, provided))
}

/// Returns the user with the phone number of a profile. Otherwise, returns the user with its email address.
fn related<'s>(state: &'s State, profile: &Members) -> Option<(&'s Record, Identifier)> {
    ["phone", "email"].into_iter().find_map(|kind| {
        let value = Some(text(profile, kind)).filter(|value| !value.is_empty())?.to_owned();
        let identifier = Identifier { kind: kind.to_owned(), value };
        Some((people::find(state, &identifier)?, identifier))
    })
}

fn identity(connector: &Record, profile: &Members) -> Provided {
    let mut provided = Provided::default();
    let identity = json!({ "target": connector.text("target"), "userInfo": profile });
    provided.members.insert(SOCIAL.to_owned(), identity);
    provided
}

/// Returns the tokens of the provider, if the connector stores them.
fn tokens(connector: &Record, profile: &Members) -> Option<Members> {
    if !connector.is_true("enableTokenStorage") {
        return None;
    }
    profile.get("rawData")?.get("tokenResponse")?.as_object().cloned()
}

/// Returns what a record adds to a user. A user that does not exist yet also gets the rest of the profile.
pub(super) fn provided(call: &Call<'_>, record: &Verification, is_new: bool) -> Outcome<Provided> {
    let (connector, profile) = verified(call, record)?;
    let mut provided = identity(connector, profile);
    if is_new || connector.is_true("syncProfile") {
        provided.describe(profile);
    }
    if is_new {
        provided.add_addresses(call.state, profile);
    }
    provided.tokens = tokens(connector, profile);
    Ok(provided)
}
