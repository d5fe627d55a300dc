//! Permissions of the sign-in experience.

use logto_admin::operation::Release;
use logto_admin::serde_json::{Value, json};

use super::identities::SOCIAL;
use super::organizations::ENTERPRISE;
use crate::collections::USER_SSO_IDENTITIES;
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
use crate::state::progress::{ENTERPRISE_PROFILE, Event, Identifier, Kind, Progress, SOCIAL_PROFILE, Verification};

/// Returns the settings of the sign-in experience.
pub(super) fn experience(state: &State) -> Members {
    state.settings.get(&SIGN_IN_EXPERIENCE)
}

/// The release that introduced the choice of methods for forgotten passwords.
const FORGOT_PASSWORD_METHODS: Release = Release::new(31);

pub(super) fn is_on(experience: &Members, setting: &str) -> bool {
    experience.get(setting).and_then(|settings| settings.get("enabled")) == Some(&Value::Bool(true))
}

/// Rejects an event that is switched off. Invited users register nevertheless.
pub(super) fn event(state: &State, event: Event, is_invited: bool) -> Outcome<()> {
    let experience = experience(state);
    let mode = text(&experience, "signInMode");
    let allowed = match event {
        Event::SignIn => mode != "Register",
        Event::Register => mode != "SignIn" || is_invited,
        Event::ForgotPassword => true,
    };
    if allowed { Ok(()) } else { Err(forbidden()) }
}

/// Rejects a call without a captcha, if the sign-in experience requires one.
pub(super) fn captcha(state: &State, progress: &Progress) -> Outcome<()> {
    let passed = progress.captcha.verified || progress.captcha.skipped;
    if passed || !is_on(&experience(state), "captchaPolicy") {
        return Ok(());
    }
    Err(Refusal::new(422, "session.captcha_required", "A captcha is required."))
}

/// Rejects a way to identify a known user that is disabled. Administrators decide who gets a one-time token.
pub(super) fn identification(state: &State, event: Event, verification: &Verification) -> Outcome<()> {
    if verification.kind == Kind::OneTimeToken && verification.is_valid() {
        return Ok(());
    }
    self::event(state, event, false)?;
    match event {
        Event::ForgotPassword => reset(state, verification),
        Event::SignIn | Event::Register => {
            method(state, verification)?;
            not_of_enterprise(state, verification)
        }
    }
}

/// Returns the email address that a record is about.
fn email_of(verification: &Verification) -> Option<&str> {
    let of_provider = [SOCIAL_PROFILE, ENTERPRISE_PROFILE].into_iter().find_map(|name| verification.shown.get(name));
    let of_provider = of_provider.and_then(|info| info.get("email")?.as_str());
    let own = verification.identifier.as_ref().filter(|identifier| identifier.kind == "email");
    of_provider.or(own.map(|identifier| identifier.value.as_str()))
}

/// Rejects a record whose email address users cannot have.
pub(super) fn new_email(state: &State, verification: &Verification) -> Outcome<()> {
    email_of(verification).map_or(Ok(()), |email| email::check(state, &Recipient::email(email)))
}

/// Rejects an email address whose domain requires single sign-on. Permits addresses that the enterprise has provided.
pub(super) fn not_of_enterprise(state: &State, verification: &Verification) -> Outcome<()> {
    let email = email_of(verification).filter(|_| verification.kind != Kind::EnterpriseSso);
    email.map_or(Ok(()), |email| email_not_of_enterprise(state, email))
}

/// Rejects an email address whose domain requires single sign-on.
pub(super) fn email_not_of_enterprise(state: &State, email: &str) -> Outcome<()> {
    let connectors = sso::of_email(state, email);
    if connectors.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::new(422, "session.sso_enabled", "The domain of the email address requires single sign-on.");
    Err(refusal.with("data", json!({ "ssoConnectors": connectors })))
}

/// Rejects a way to sign in that is switched off.
fn method(state: &State, verification: &Verification) -> Outcome<()> {
    let experience = experience(state);
    let allowed = match (verification.kind, &verification.identifier) {
        (kind @ (Kind::Password | Kind::EmailCode | Kind::PhoneCode), Some(identifier)) => {
            let methods = experience.get("signIn").and_then(|sign_in| sign_in.get("methods")).and_then(Value::as_array);
            let uses = if kind == Kind::Password { "password" } else { "verificationCode" };
            let allows = |method: &Value| {
                method.get("identifier").and_then(Value::as_str) == Some(identifier.kind.as_str())
                    && method.get(uses) == Some(&Value::Bool(true))
            };
            methods.into_iter().flatten().any(allows)
        }
        (Kind::OneTimeToken | Kind::Social, _) => true,
        (Kind::EnterpriseSso, _) => experience.get("singleSignOnEnabled") == Some(&Value::Bool(true)),
        (Kind::SignInPasskey, _) => is_on(&experience, "passkeySignIn"),
        _ => false,
    };
    if !allowed {
        return Err(not_enabled());
    }
    let user = verification.text("userId");
    let of_enterprise = |identity: &Record| identity.text("userId") == user;
    if verification.kind == Kind::SignInPasskey && state.store.all(&USER_SSO_IDENTITIES).any(of_enterprise) {
        let code = "session.passkey_sign_in.sso_users_not_allowed";
        return Err(Refusal::new(400, code, "Users of an enterprise cannot sign in with a passkey."));
    }
    Ok(())
}

/// Returns the error for what the sign-in experience does not permit.
pub(super) fn not_enabled() -> Refusal {
    let message = "The sign-in experience does not permit this method.";
    Refusal::new(422, "user.sign_in_method_not_enabled", message)
}

/// Rejects a way to prove who one is for a forgotten password that is switched off. Only codes prove it.
fn reset(state: &State, verification: &Verification) -> Outcome<()> {
    let experience = experience(state);
    let methods = experience.get("forgotPasswordMethods").and_then(Value::as_array);
    let is_code = matches!(verification.kind, Kind::EmailCode | Kind::PhoneCode);
    let methods = methods.filter(|_| state.release >= FORGOT_PASSWORD_METHODS);
    if is_code && methods.is_none_or(|methods| methods.iter().any(|method| method == verification.kind.name())) {
        return Ok(());
    }
    let message = "This operation is not supported for forgot password.";
    Err(Refusal::new(422, "session.not_supported_for_forgot_password", message))
}

/// Returns the identifiers that a new user must have. Of each group, one is enough.
pub(super) fn sign_up(experience: &Members) -> Vec<Vec<String>> {
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
    let mut first: Vec<String> = list("identifiers").into_iter().flatten().flat_map(names).collect();
    if first.iter().any(|name| name == "username") {
        first.retain(|name| name == "username");
    }
    let secondary = list("secondaryIdentifiers").into_iter().flatten();
    let mut groups = vec![first];
    groups.extend(secondary.filter_map(|entry| entry.get("identifier")).map(names));
    groups.retain(|group| !group.is_empty());
    groups
}

/// The identifiers that can be required, in the order in which errors name them.
const IDENTIFIERS: [&str; 4] = ["username", "emailOrPhone", "email", "phone"];

/// Rejects a user that lacks what users must have. `user` has what was entered.
pub(super) fn complete(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    // The enterprise decides what its users have.
    if progress.is_of_enterprise() || progress.profile.contains_key(ENTERPRISE) {
        return Ok(());
    }
    let experience = experience(state);
    let skips = experience.get("socialSignIn").and_then(|settings| settings.get("skipRequiredIdentifiers"));
    let is_social = progress.social_connector().is_some() || progress.profile.contains_key(SOCIAL);
    if is_social && skips == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let name = |group: Vec<String>| if group.len() > 1 { "emailOrPhone".to_owned() } else { group.concat() };
    let required: Vec<String> = sign_up(&experience).into_iter().map(name).collect();
    let has_one = |kind: &str| !Identifier::of_user(kind, user).value.is_empty();
    let has = |required: &str| match required {
        "emailOrPhone" => has_one("email") || has_one("phone"),
        kind => has_one(kind),
    };
    let lacks = |name: &&str| required.iter().any(|required| required == name) && !has(name);
    let mut missing: Vec<&str> = IDENTIFIERS.iter().copied().filter(lacks).collect();
    let needs_password =
        experience.get("signUp").and_then(|sign_up| sign_up.get("password")) == Some(&Value::Bool(true));
    if needs_password && !has_password(user) {
        missing.push("password");
    }
    if missing.is_empty() && progress.event == Event::Register && lacks_field(state, progress, user) {
        missing.push("extraProfile");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let refusal = Refusal::usual(422, "user.missing_profile");
    Err(refusal.with("data", json!({ "missingProfile": missing })))
}

/// Returns whether a user can sign in without a further password.
pub(super) fn has_password(user: &Record) -> bool {
    let identities = user.members.get("identities").and_then(Value::as_object);
    user.hidden.contains_key(passwords::DIGEST) || identities.is_some_and(|identities| !identities.is_empty())
}

/// Returns whether a user lacks a profile field. Before the user has filled in the form, optional fields count, too.
fn lacks_field(state: &State, progress: &Progress, user: &Record) -> bool {
    let has = |name: &str| {
        let of_object = |object: &str| user.members.get(object)?.get(name);
        let values = [user.members.get(name), of_object("profile"), of_object("customData")];
        values.into_iter().flatten().any(|value| !value.is_null())
    };
    let fields = sign_up_fields(&experience(state), &state.store);
    let counts = |field: &&Value| !progress.fills_in || field.get("required") == Some(&Value::Bool(true));
    fields.as_array().into_iter().flatten().filter(counts).flat_map(names_of).any(|name| !has(name))
}

/// Returns the members that a profile field sets. A full name sets those of its parts.
fn names_of(field: &Value) -> Vec<&str> {
    fn name(value: &Value) -> Option<&str> {
        value.get("name").and_then(Value::as_str)
    }
    if name(field) != Some("fullname") {
        return name(field).into_iter().collect();
    }
    field.pointer("/config/parts").and_then(Value::as_array).into_iter().flatten().filter_map(name).collect()
}

/// Rejects a password that the policy does not permit.
pub(super) fn password(state: &State, password: &str, user: Option<&Record>) -> Outcome<()> {
    let experience = experience(state);
    let issues = PasswordPolicy::new(policy_of(&experience)).issues(password, user);
    if issues.is_empty() { Ok(()) } else { Err(rejected(issues)) }
}
