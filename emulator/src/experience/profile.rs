//! Data that a user enters to complete their account.

use logto_admin::serde_json::{Map, Value};
use logto_admin::transport::HttpResponse;
use logto_admin::{operation, serde_json::json};

use super::start::{not_for_forgotten_passwords, wrong_event};
use super::{guards, identities, known, people, policy, progress, social};
use crate::call::{Call, Handler};
use crate::document::parsed::parsed;
use crate::document::schema::Contract;
use crate::document::validate;
use crate::errors::{Outcome, Refusal, internal};
use crate::http::reply;
use crate::passwords;
use crate::policies::password::refuse_same;
use crate::policies::username;
use crate::record::{Members, Record, text};
use crate::rules::refuse_reserved;
use crate::state::progress::{Event, Identifier, Kind, missing};

pub(super) const ALL: &[(&str, Handler)] = &[("AddUserProfile", add), ("ResetUserPassword", reset_password)];

/// Members of a user that profile fields set.
const OWN: [&str; 2] = ["name", "avatar"];

fn add(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let event = progress(call)?.event;
    let kind = call.text("type").to_owned();
    if event == Event::ForgotPassword {
        return Err(not_for_forgotten_passwords());
    }
    // The submission also asks for a second factor.
    if event == Event::SignIn && kind == "social" {
        known(call)?;
    } else {
        policy::require(call)?;
    }
    let (id, value) = (call.text("verificationId").to_owned(), call.text("value").to_owned());
    match kind.as_str() {
        "extraProfile" => add_values(call)?,
        "password" => add_password(call, value)?,
        "email" | "phone" => drop(add_address(call, &kind, &id)?),
        "social" => add_social(call, &id)?,
        _ => set(call, Members::from_iter([(kind, value.into())]))?,
    }
    Ok(reply::nothing(call.success()))
}

/// Returns the identified user. A user who registers might not exist yet.
pub(super) fn identified(call: &mut Call<'_>) -> Outcome<Option<Record>> {
    let current = progress(call)?;
    if current.event == Event::Register && current.user.is_none() {
        return Ok(None);
    }
    known(call).map(Some)
}

/// Adds members of a user, unless the user has them already, or another one does.
pub(super) fn set(call: &mut Call<'_>, members: Members) -> Outcome<()> {
    if let Some(user) = identified(call)? {
        refuse_present(&user, &members)?;
    }
    let username = text(&members, "username");
    if !username.is_empty() {
        username::check(call.state, username)?;
    }
    refuse_taken(call, &members)?;
    progress(call)?.profile.extend(members);
    Ok(())
}

/// Rejects identifiers that the user already has one of.
pub(super) fn refuse_present(user: &Record, members: &Members) -> Outcome<()> {
    for kind in ["username", "email", "phone"] {
        let known = Identifier::of_user(kind, user);
        if !text(members, known.member()).is_empty() && !known.value.is_empty() {
            return Err(exists(kind));
        }
    }
    Ok(())
}

/// Rejects identifiers and identities that a user has.
pub(super) fn refuse_taken(call: &Call<'_>, members: &Members) -> Outcome<()> {
    for kind in ["username", "email", "phone"] {
        let mut identifier = Identifier { kind: kind.to_owned(), value: String::new() };
        text(members, identifier.member()).clone_into(&mut identifier.value);
        if !identifier.value.is_empty() {
            people::refuse_taken(call.state, &identifier, "")?;
        }
    }
    identities::refuse_taken(call.state, members)
}

fn exists(kind: &str) -> Refusal {
    let (first, rest) = kind.split_at(1);
    let message = format!("{}{rest} already exists in your profile.", first.to_uppercase());
    Refusal::new(422, &format!("user.{kind}_exists_in_profile"), message)
}

fn add_password(call: &mut Call<'_>, password: String) -> Outcome<()> {
    let user = identified(call)?;
    check_password(call, &password, user.as_ref())?;
    if user.is_some_and(|user| user.hidden.contains_key(passwords::DIGEST)) {
        return Err(exists("password"));
    }
    progress(call)?.password = Some(password);
    Ok(())
}

/// Rejects a password that the policy does not permit, or that the user has.
pub(super) fn check_password(call: &mut Call<'_>, password: &str, user: Option<&Record>) -> Outcome<()> {
    let mut entered = user.cloned().unwrap_or_default();
    entered.members.extend(progress(call)?.profile.clone());
    guards::password(call.state, password, Some(&entered))?;
    user.map_or(Ok(()), |user| refuse_same(call.state, &user.hidden, password))
}

/// Adds an address that a record proves, and returns it.
pub(super) fn add_address(call: &mut Call<'_>, kind: &str, id: &str) -> Outcome<Identifier> {
    let of_kind = if kind == "phone" { Kind::PhoneCode } else { Kind::EmailCode };
    let record = progress(call)?.record(id, of_kind)?.clone();
    guards::not_of_enterprise(call.state, &record)?;
    guards::new_email(call.state, &record)?;
    if !record.is_valid() {
        return Err(super::unverified());
    }
    let identifier = record.identifier.ok_or_else(missing)?;
    set(call, Members::from_iter([(identifier.member().to_owned(), identifier.value.clone().into())]))?;
    Ok(identifier)
}

/// Adds the identity at a social provider that a record proves. Also adds what the user lacks of the profile there.
fn add_social(call: &mut Call<'_>, id: &str) -> Outcome<()> {
    let record = progress(call)?.record(id, Kind::Social)?.clone();
    guards::not_of_enterprise(call.state, &record)?;
    guards::new_email(call.state, &record)?;
    let is_new = identified(call)?.is_none();
    let provided = social::provided(call, &record, is_new)?;
    let (identity, described): (Members, Members) =
        provided.members.into_iter().partition(|(name, _)| identities::is_identity(name));
    set(call, identity)?;
    let progress = progress(call)?;
    for (name, value) in described {
        progress.profile.entry(name).or_insert(value);
    }
    if progress.tokens.is_none() {
        progress.tokens = provided.tokens;
    }
    Ok(())
}

/// Adds values of profile fields. Those that are not members of a user or of their profile are custom data.
fn add_values(call: &mut Call<'_>) -> Outcome<()> {
    let values = call.object("values");
    refuse_reserved(&values)?;
    let claims = operation::find("UpdateOtherProfile").and_then(|info| Contract::of(info).body());
    let (mut set_members, mut profile, mut custom) = (Members::new(), Members::new(), Members::new());
    for (name, value) in values {
        match claims.and_then(|claims| claims.property(&name)) {
            _ if name == "name" && !value.is_string() => return Err(internal()),
            _ if name == "avatar" && !is_avatar(&value) => return Err(internal()),
            _ if OWN.contains(&name.as_str()) => drop(set_members.insert(name, value)),
            // The server does not expect such values.
            Some(claim) if !validate::takes(claim, &value) => return Err(internal()),
            Some(claim) => drop(profile.insert(name, parsed(claim, &value))),
            None => drop(custom.insert(name, value)),
        }
    }
    let progress = progress(call)?;
    OWN.iter().filter(|name| !set_members.contains_key(**name)).for_each(|name| drop(progress.profile.remove(*name)));
    let objects: [(&str, Map<String, Value>); 2] = [("profile", profile), ("customData", custom)];
    set_members.extend(objects.map(|(name, members)| (name.to_owned(), members.into())));
    set(call, set_members)?;
    super::progress(call)?.fills_in = true;
    Ok(())
}

fn is_avatar(value: &Value) -> bool {
    *value == json!("") || value.as_str().is_some_and(crate::document::formats::is_url)
}

/// Sets the password of a user who has forgotten theirs. The submission stores it.
fn reset_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    if progress(call)?.event != Event::ForgotPassword {
        return Err(wrong_event("The operation is only possible for a forgotten password."));
    }
    let user = known(call)?;
    let password = call.text("password").to_owned();
    check_password(call, &password, Some(&user))?;
    progress(call)?.password = Some(password);
    Ok(reply::nothing(call.success()))
}
