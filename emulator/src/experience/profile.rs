//! Data that a user enters to complete their account.

use logto_admin::operation;
use logto_admin::serde_json::Map;
use logto_admin::transport::HttpResponse;

use super::identities::SOCIAL;
use super::start::not_for_forgotten_passwords;
use super::{guards, identities, people, progress, social};
use crate::call::{Call, Handler};
use crate::collections::USERS;
use crate::document::parsed::parsed;
use crate::document::schema::Contract;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::passwords;
use crate::policies::username;
use crate::record::Record;
use crate::state::progress::{Event, Identifier, Kind};

pub(super) const ALL: &[(&str, Handler)] = &[("AddUserProfile", add), ("ResetUserPassword", reset_password)];

/// Members of a user that profile fields set.
const OWN: [&str; 2] = ["name", "avatar"];

fn add(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let current = progress(call)?;
    if current.event == Event::ForgotPassword {
        return Err(not_for_forgotten_passwords());
    }
    // A user who signs in must be known. A new one might not exist yet.
    let user = if current.event == Event::SignIn { Some(current.identified()?) } else { current.user.clone() };
    let user = user.and_then(|id| call.state.store.get(&USERS, &id)).cloned();
    match call.text("type").to_owned().as_str() {
        "extraProfile" => add_values(call)?,
        "password" => {
            let password = call.text("value").to_owned();
            if user.as_ref().is_some_and(|user| user.hidden.contains_key(passwords::DIGEST)) {
                return Err(exists("password"));
            }
            let known = known(call, user.as_ref())?;
            guards::password(call.state, &password, Some(&known))?;
            progress(call)?.password = Some(password);
        }
        kind @ ("email" | "phone") => {
            let id = call.text("verificationId").to_owned();
            let record = progress(call)?.verification(&id)?.clone();
            let fits = matches!((kind, record.kind), ("email", Kind::EmailCode) | ("phone", Kind::PhoneCode));
            let proven = record.identifier.as_ref().filter(|_| fits && record.verified == Some(true));
            let identifier = proven.ok_or_else(super::unverified)?;
            if kind == "email" {
                guards::not_of_enterprise(call.state, &identifier.value)?;
                guards::new_email(call.state, &record)?;
            }
            add_identifier(call, user.as_ref(), identifier)?;
        }
        "social" => add_social(call, user.as_ref())?,
        kind => {
            let identifier = Identifier { kind: kind.to_owned(), value: call.text("value").to_owned() };
            username::check(call.state, &identifier.value)?;
            add_identifier(call, user.as_ref(), &identifier)?;
        }
    }
    Ok(reply::nothing(call.success()))
}

fn exists(kind: &str) -> Refusal {
    let (first, rest) = kind.split_at(1);
    let message = format!("{}{rest} already exists in your profile.", first.to_uppercase());
    Refusal::new(422, &format!("user.{kind}_exists_in_profile"), message)
}

fn add_identifier(call: &mut Call<'_>, user: Option<&Record>, identifier: &Identifier) -> Outcome<()> {
    if user.is_some_and(|user| !user.text(identifier.member()).is_empty()) {
        return Err(exists(&identifier.kind));
    }
    people::refuse_taken(call.state, identifier, user.map_or("", |user| user.id.as_str()))?;
    progress(call)?.profile.insert(identifier.member().to_owned(), identifier.value.clone().into());
    Ok(())
}

/// Adds the identity at a social provider that a record proves.
fn add_social(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<()> {
    let id = call.text("verificationId").to_owned();
    let record = progress(call)?.record(&id, Kind::Social)?.clone();
    if user.is_none() {
        guards::new_email(call.state, &record)?;
    }
    let provided = social::provided(call, &record, user.is_none())?;
    let target = provided.members.get(SOCIAL).and_then(|identity| identity.get("target")?.as_str());
    let known = user.and_then(|user| user.members.get("identities")).and_then(|all| all.get(target?));
    if known.is_some() {
        return Err(exists("social_account"));
    }
    identities::refuse_taken(call.state, &provided.members, user.map_or("", |user| user.id.as_str()))?;
    provided.add_to(progress(call)?);
    Ok(())
}

/// Adds values of profile fields. Those that are not members of a user or of their profile are custom data.
fn add_values(call: &mut Call<'_>) -> Outcome<()> {
    let values = call.object("values");
    let claims = operation::find("UpdateOtherProfile").and_then(|info| Contract::of(info).body());
    let profile = &mut progress(call)?.profile;
    for (name, value) in values {
        let claim = claims.and_then(|claims| claims.property(&name));
        let (object, value) = match claim {
            _ if OWN.contains(&name.as_str()) => {
                profile.insert(name, value);
                continue;
            }
            Some(claim) => ("profile", parsed(claim, &value)),
            None => ("customData", value),
        };
        if let Some(members) = profile.entry(object).or_insert_with(|| Map::new().into()).as_object_mut() {
            members.insert(name, value);
        }
    }
    Ok(())
}

/// Returns the user with the entered data.
fn known(call: &mut Call<'_>, user: Option<&Record>) -> Outcome<Record> {
    let mut known = user.cloned().unwrap_or_default();
    known.members.extend(progress(call)?.profile.clone());
    Ok(known)
}

/// Sets the password of a user who has forgotten theirs. The submission stores it.
fn reset_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let current = progress(call)?;
    if current.event != Event::ForgotPassword {
        let message = "The operation is only possible for a forgotten password.";
        return Err(Refusal::new(400, "session.invalid_interaction_type", message));
    }
    let id = current.identified()?;
    let user = call.record(&USERS, &id)?.clone();
    let password = call.text("password").to_owned();
    guards::password(call.state, &password, Some(&user))?;
    if call.state.jobs.verify(&user.hidden, &password)? {
        return Err(Refusal::new(422, "user.same_password", "New password cannot be the same as your old password."));
    }
    progress(call)?.password = Some(password);
    Ok(reply::nothing(call.success()))
}
