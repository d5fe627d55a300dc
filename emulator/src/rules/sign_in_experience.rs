//! Rules for changes of the sign-in experience.

use logto_admin::serde_json::{Value, json};

use crate::call::Call;
use crate::collections::{CONNECTORS, factory_of};
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::policies::username;
use crate::record::{Members, Record, text};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::{self, Channel};

/// Members that an empty string clears.
const CLEARABLE: [&str; 5] =
    ["termsOfUseUrl", "privacyPolicyUrl", "supportEmail", "supportWebsiteUrl", "unknownSessionRedirectUrl"];

pub(super) fn prepare(call: &mut Call<'_>, sent: &mut Members) -> Outcome<()> {
    sent.remove("tenantId");
    for name in CLEARABLE {
        if text(sent, name).is_empty() && sent.contains_key(name) {
            sent.insert(name.to_owned(), Value::Null);
        }
    }
    if sent.contains_key("customUiCsp") {
        return Err(invalid_input(400, "Custom UI CSP configuration is not available"));
    }
    let mut changed = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    changed.extend(sent.clone());
    let change = Change { state: call.state, sent, changed: &changed };
    change.check_sign_up()?;
    change.check_sign_in()?;
    change.check_factors()?;
    change.check_forgotten_passwords()?;
    change.check_blocklist()?;
    check_usernames(call, sent)?;
    complete(call, sent);
    Ok(())
}

/// Sets the members that follow from those that were sent.
fn complete(call: &Call<'_>, sent: &mut Members) {
    if let Some(Value::Array(targets)) = sent.get_mut("socialSignInConnectorTargets") {
        targets.retain(|target| has_target(call.state, target.as_str().unwrap_or_default()));
    }
    // Only factors can be adapted.
    if sent.get("mfa").is_some_and(|mfa| mfa.get("factors") == Some(&json!([]))) {
        sent.insert("adaptiveMfa".to_owned(), json!({ "enabled": false }));
    }
    let expiration = sent.get_mut("passwordExpiration").and_then(Value::as_object_mut);
    if let Some(expiration) = expiration.filter(|expiration| is_enabled(expiration)) {
        expiration.insert("enabledAt".to_owned(), call.now.into());
    }
}

fn is_enabled(members: &Members) -> bool {
    members.get("enabled") == Some(&Value::Bool(true))
}

fn has_target(state: &State, target: &str) -> bool {
    let is_social = |connector: &Record| factory_of(connector).is_some_and(|factory| factory.text("type") == "Social");
    state.store.all(&CONNECTORS).any(|connector| connector.text("target") == target && is_social(connector))
}

fn refuse(status: u16, problem: &str, message: &str) -> Refusal {
    Refusal::new(status, &format!("sign_in_experiences.{problem}"), message)
}

/// A change: the members that were sent, and the whole experience with them.
struct Change<'a> {
    state: &'a State,
    sent: &'a Members,
    changed: &'a Members,
}

impl Change<'_> {
    fn list<'m>(members: &'m Members, outer: &str, inner: &str) -> &'m [Value] {
        members.get(outer).and_then(|value| value.get(inner)?.as_array()).map_or(&[], Vec::as_slice)
    }

    /// Rejects an address that no connector can send codes to.
    fn require_connector(&self, identifier: &str) -> Outcome<()> {
        let channels: &[Channel] = match identifier {
            "email" => &[Channel::Email],
            "phone" => &[Channel::Sms],
            "emailOrPhone" => &[Channel::Email, Channel::Sms],
            _ => &[],
        };
        match channels.iter().find(|channel| !messages::can_send(self.state, **channel)) {
            None => Ok(()),
            Some(channel) => {
                let data = json!({ "type": channel.connector_type() });
                Err(refuse(400, "enabled_connector_not_found", "A connector is missing.").with("data", data))
            }
        }
    }

    fn check_sign_up(&self) -> Outcome<()> {
        let Some(sign_up) = self.sent.get("signUp") else { return Ok(()) };
        let identifiers = Self::list(self.sent, "signUp", "identifiers").iter().filter_map(Value::as_str);
        let secondary = Self::list(self.sent, "signUp", "secondaryIdentifiers").iter();
        let secondary: Vec<&str> = secondary.filter_map(|further| further.get("identifier")?.as_str()).collect();
        let mut seen: Vec<&str> = Vec::new();
        for identifier in identifiers.clone().chain(secondary.iter().copied()) {
            if seen.contains(&identifier) {
                return Err(refuse(422, "duplicated_sign_up_identifiers", "An identifier is listed more than once."));
            }
            seen.push(identifier);
            self.require_connector(identifier)?;
        }
        if identifiers.clone().next().is_none() && !secondary.is_empty() {
            return Err(refuse(422, "missing_sign_up_identifiers", "Secondary identifiers require a primary one."));
        }
        let passwordless = identifiers.clone().any(|identifier| identifier != "username");
        if passwordless && sign_up.get("verify") == Some(&Value::Bool(false)) {
            return Err(refuse(400, "passwordless_requires_verify", "Addresses must be verified."));
        }
        Ok(())
    }

    fn check_sign_in(&self) -> Outcome<()> {
        for method in Self::list(self.sent, "signIn", "methods") {
            let is = |name: &str| method.get(name) == Some(&Value::Bool(true));
            if is("verificationCode") {
                self.require_connector(method.get("identifier").and_then(Value::as_str).unwrap_or_default())?;
            } else if !is("password") {
                let message = "A sign-in method requires a password or a code.";
                return Err(refuse(400, "at_least_one_authentication_factor", message));
            }
        }
        Ok(())
    }

    fn check_factors(&self) -> Outcome<()> {
        let factors = Self::list(self.changed, "mfa", "factors");
        if self.sent.contains_key("mfa") {
            if factors == ["BackupCode"] {
                return Err(refuse(400, "backup_code_cannot_be_enabled_alone", "Backup code cannot be enabled alone."));
            }
            if (1..factors.len()).any(|at| factors.iter().take(at).any(|other| Some(other) == factors.get(at))) {
                return Err(refuse(400, "duplicated_mfa_factors", "A factor is listed more than once."));
            }
        }
        let purpose = match (self.sent.contains_key("mfa"), self.sent.contains_key("signIn")) {
            (true, _) => "mfa",
            (false, true) => "sign_in",
            (false, false) => return Ok(()),
        };
        for (identifier, factor) in [("email", "EmailVerificationCode"), ("phone", "PhoneVerificationCode")] {
            let signs_in = Self::list(self.changed, "signIn", "methods").iter().any(|method| {
                let is_code = method.get("verificationCode") == Some(&Value::Bool(true));
                is_code && method.get("identifier").and_then(Value::as_str) == Some(identifier)
            });
            if signs_in && factors.contains(&factor.into()) {
                let problem = format!("{identifier}_verification_code_cannot_be_used_for_{purpose}");
                return Err(refuse(422, &problem, "A code cannot be both a first and a second factor."));
            }
        }
        Ok(())
    }

    fn check_forgotten_passwords(&self) -> Outcome<()> {
        let methods = self.changed.get("forgotPasswordMethods").and_then(Value::as_array);
        let channel = |method: &Value| if method == "EmailVerificationCode" { Channel::Email } else { Channel::Sms };
        let works = |method: &Value| messages::can_send(self.state, channel(method));
        let methods = methods.map_or(&[] as &[Value], Vec::as_slice);
        if self.sent.contains_key("forgotPasswordMethods") && !methods.iter().all(works) {
            let message = "A method to replace a forgotten password requires a connector.";
            return Err(refuse(422, "forgot_password_method_requires_connector", message));
        }
        let expiration = self.sent.get("passwordExpiration").and_then(Value::as_object);
        if expiration.is_some_and(is_enabled) && !methods.iter().any(works) {
            let message = "Password expiration requires at least one forgot password method with a valid connector.";
            return Err(refuse(422, "password_expiration_requires_forgot_password", message));
        }
        Ok(())
    }

    fn check_blocklist(&self) -> Outcome<()> {
        let lists =
            ["customBlocklist", "customAllowlist"].map(|list| Self::list(self.sent, "emailBlocklistPolicy", list));
        let fits = |entry: &Value| {
            entry.as_str().is_some_and(|entry| {
                entry
                    .split_once('@')
                    .is_some_and(|(_, domain)| domain.contains('.') && !entry.contains(char::is_whitespace))
            })
        };
        let bad: Vec<&Value> = lists.into_iter().flatten().filter(|entry| !fits(entry)).collect();
        if bad.is_empty() {
            return Ok(());
        }
        let problem = "invalid_custom_email_blocklist_format";
        Err(refuse(400, problem, "Entries are email addresses or domains after an at sign.").with("data", json!(bad)))
    }
}

/// Rejects a policy that treats existing usernames as equal, or that no username meets.
fn check_usernames(call: &Call<'_>, sent: &Members) -> Outcome<()> {
    let Some(policy) = sent.get("usernamePolicy") else { return Ok(()) };
    let is = |name: &str| policy.pointer(name) == Some(&Value::Bool(true));
    let number = |name: &str| policy.get(name).and_then(Value::as_f64);
    let letters = ["/allowedChars/lowercase", "/allowedChars/uppercase", "/allowedChars/underscore"];
    let is_empty = policy.get("allowedChars").is_some() && !letters.into_iter().any(is);
    if is_empty || number("minLength").zip(number("maxLength")).is_some_and(|(least, most)| least > most) {
        return Err(Refusal::new(400, "guard.invalid_input", "No username meets the policy."));
    }
    if policy.get("caseSensitive") == Some(&Value::Bool(false)) && !username::case_conflicts(call.state).is_empty() {
        return Err(refuse(409, "username_case_sensitivity_conflicts", "Usernames differ only in case."));
    }
    Ok(())
}
