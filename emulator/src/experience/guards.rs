//! Permissions of the sign-in experience.

use logto_admin::serde_json::{Value, json};

use crate::errors::{Outcome, Refusal, forbidden};
use crate::operations::sign_in_experience::sign_up_fields;
use crate::passwords;
use crate::policies::email;
use crate::policies::password::{PasswordPolicy, policy_of, rejected};
use crate::providers::sso;
use crate::record::{Members, Record, text};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::Recipient;
use crate::state::progress::{Event, Identifier, Kind, Progress, SOCIAL_PROFILE, Verification};

/// Returns the settings of the sign-in experience.
pub(super) fn experience(state: &State) -> Members {
    state.settings.get(&SIGN_IN_EXPERIENCE)
}

/// Rejects an event that is switched off.
pub(super) fn event(state: &State, event: Event) -> Outcome<()> {
    let experience = experience(state);
    let allowed = match event {
        Event::SignIn => text(&experience, "signInMode") != "Register",
        Event::Register => text(&experience, "signInMode") != "SignIn",
        Event::ForgotPassword => true,
    };
    if allowed { Ok(()) } else { Err(forbidden()) }
}

/// Rejects an identification method that is disabled, or an email address whose domain requires single sign-on.
pub(super) fn identification(state: &State, event: Event, verification: &Verification) -> Outcome<()> {
    method(state, event, verification)?;
    let email = email_of(verification).filter(|_| event != Event::ForgotPassword);
    email.map_or(Ok(()), |email| not_of_enterprise(state, email))
}

/// Returns the email address that a record is about. Enterprises decide which addresses their users have.
fn email_of(verification: &Verification) -> Option<&str> {
    let of_provider = verification.shown.get(SOCIAL_PROFILE).and_then(|info| info.get("email")?.as_str());
    let own = verification.identifier.as_ref().filter(|identifier| identifier.kind == "email");
    of_provider.or(own.map(|identifier| identifier.value.as_str()))
}

/// Rejects a record whose email address users cannot have.
pub(super) fn new_email(state: &State, verification: &Verification) -> Outcome<()> {
    email_of(verification).map_or(Ok(()), |email| email::check(state, &Recipient::email(email)))
}

/// Rejects an email address whose domain requires single sign-on.
pub(super) fn not_of_enterprise(state: &State, email: &str) -> Outcome<()> {
    let connectors = sso::of_email(state, email);
    if connectors.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(422, "session.sso_enabled", "The domain of the email address requires single sign-on.");
    Err(refusal.with("data", json!({ "ssoConnectors": connectors })))
}

/// Rejects a way to identify a user that is switched off.
fn method(state: &State, event: Event, verification: &Verification) -> Outcome<()> {
    let experience = experience(state);
    let Some(identifier) = &verification.identifier else { return without_identifier(&experience, verification) };
    // Administrators decide who gets a one-time token.
    if verification.kind == Kind::OneTimeToken {
        return Ok(());
    }
    let (allowed, code) = match event {
        Event::SignIn => {
            let methods = experience.get("signIn").and_then(|sign_in| sign_in.get("methods")).and_then(Value::as_array);
            let uses = if verification.kind == Kind::Password { "password" } else { "verificationCode" };
            let allows = |method: &Value| {
                method.get("identifier").and_then(Value::as_str) == Some(identifier.kind.as_str())
                    && method.get(uses) == Some(&Value::Bool(true))
            };
            (methods.into_iter().flatten().any(allows), "user.sign_in_method_not_enabled")
        }
        Event::Register => {
            let named = |identifiers: &Vec<String>| identifiers.contains(&identifier.kind);
            (sign_up(&experience).iter().any(named), "user.sign_up_method_not_enabled")
        }
        Event::ForgotPassword => (verification.kind != Kind::Password, "user.sign_in_method_not_enabled"),
    };
    if allowed { Ok(()) } else { Err(Refusal::new(422, code, "The sign-in experience does not permit this method.")) }
}

fn without_identifier(experience: &Members, verification: &Verification) -> Outcome<()> {
    let signs_in = experience.get("passkeySignIn").and_then(|settings| settings.get("enabled"));
    if verification.kind == Kind::SignInPasskey && signs_in != Some(&Value::Bool(true)) {
        let message = "The sign-in experience does not permit passkeys.";
        return Err(Refusal::new(422, "user.sign_in_method_not_enabled", message));
    }
    Ok(())
}

/// Returns the identifiers that a new user must have. Of each group, one is enough.
fn sign_up(experience: &Members) -> Vec<Vec<String>> {
    let sign_up = experience.get("signUp");
    let list = |name: &str| sign_up.and_then(|sign_up| sign_up.get(name)).and_then(Value::as_array);
    let names = |value: &Value| -> Vec<String> {
        match value {
            Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::String(name) if name == "emailOrPhone" => vec!["email".to_owned(), "phone".to_owned()],
            Value::String(name) => vec![name.clone()],
            _ => Vec::new(),
        }
    };
    let first: Vec<String> = list("identifiers").into_iter().flatten().flat_map(names).collect();
    let secondary = list("secondaryIdentifiers").into_iter().flatten();
    let mut groups = vec![first];
    groups.extend(secondary.filter_map(|entry| entry.get("identifier")).map(names));
    groups.retain(|group| !group.is_empty());
    groups
}

/// Rejects a user that lacks what users must have.
pub(super) fn complete(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    // The enterprise decides what its users have.
    if progress.is_of_enterprise() {
        return Ok(());
    }
    let experience = experience(state);
    let has = |kind: &String| !Identifier::of_user(kind, user).value.is_empty();
    let skips = experience.get("socialSignIn").and_then(|settings| settings.get("skipRequiredIdentifiers"));
    let skips = progress.social_connector().is_some() && skips == Some(&Value::Bool(true));
    let mut missing = Vec::new();
    for group in sign_up(&experience).into_iter().filter(|_| !skips) {
        if !group.iter().any(has) {
            missing.push(if group.len() > 1 { "emailOrPhone".to_owned() } else { group.concat() });
        }
    }
    let needs_password =
        experience.get("signUp").and_then(|sign_up| sign_up.get("password")) == Some(&Value::Bool(true));
    let is_social = user.members.get("identities").and_then(Value::as_object).is_some_and(|all| !all.is_empty());
    if needs_password && !user.hidden.contains_key(passwords::DIGEST) && !is_social {
        missing.push("password".to_owned());
    }
    if missing.is_empty() && progress.event == Event::Register && lacks_field(state, &experience, user) {
        missing.push("extraProfile".to_owned());
    }
    if missing.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(422, "user.missing_profile", "You need to provide additional info before signing-in.");
    Err(refusal.with("data", json!({ "missingProfile": missing })))
}

/// Returns whether a user lacks a profile field that new users must fill in.
fn lacks_field(state: &State, experience: &Members, user: &Record) -> bool {
    let has = |name: &str| {
        let of_object = |object: &str| user.members.get(object)?.get(name);
        let value = match name {
            "name" | "avatar" => user.members.get(name),
            _ => of_object("profile").or_else(|| of_object("customData")),
        };
        value.is_some_and(|value| !value.is_null() && value != "")
    };
    let fields = sign_up_fields(experience, &state.store);
    let required = |field: &&Value| field.get("required") == Some(&Value::Bool(true));
    fields.as_array().into_iter().flatten().filter(required).flat_map(names_of).any(|name| !has(name))
}

/// Returns the members that a profile field sets: those of its parts, if it is a full name.
fn names_of(field: &Value) -> Vec<&str> {
    if field.get("type").and_then(Value::as_str) != Some("Fullname") {
        return field.get("name").and_then(Value::as_str).into_iter().collect();
    }
    let parts = field.pointer("/config/parts").and_then(Value::as_array).into_iter().flatten();
    let is_asked =
        |part: &&Value| ["enabled", "required"].iter().all(|flag| part.get(flag) == Some(&Value::Bool(true)));
    parts.filter(is_asked).filter_map(|part| part.get("name")?.as_str()).collect()
}

/// Rejects a password that the policy does not permit.
pub(super) fn password(state: &State, password: &str, user: Option<&Record>) -> Outcome<()> {
    let experience = experience(state);
    let issues = PasswordPolicy::new(policy_of(&experience)).issues(password, user);
    if issues.is_empty() { Ok(()) } else { Err(rejected(issues)) }
}
