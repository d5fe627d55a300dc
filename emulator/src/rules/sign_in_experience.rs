//! Rules for changes of the sign-in experience.

use logto_admin::serde_json::{Value, json};

use super::profile_fields;
use crate::call::Call;
use crate::collections::{CONNECTORS, factory_of};
use crate::document::validate::refuse_body;
use crate::document::validation_issues::Issue;
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::policies::{email, languages, username};
use crate::record::{Members, Record, drop_repeated, text};
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::State;
use crate::state::messages::{self, Channel};

/// Members that an empty string clears.
const CLEARABLE: [&str; 5] =
    ["termsOfUseUrl", "privacyPolicyUrl", "supportEmail", "supportWebsiteUrl", "unknownSessionRedirectUrl"];
/// Policies for second factors that users cannot skip.
const UNSKIPPABLE: [&str; 2] = ["PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory"];

pub(super) fn prepare(call: &mut Call<'_>, sent: &mut Members) -> Outcome<()> {
    sent.remove("tenantId");
    for name in CLEARABLE {
        if text(sent, name).is_empty() && sent.contains_key(name) {
            sent.insert(name.to_owned(), Value::Null);
        }
    }
    profile_fields::check_listed(call.state, sent.get("signUpProfileFields"))?;
    refuse_cloud_features(sent)?;
    let current = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let stored = current.get("passwordExpiration").and_then(Value::as_object);
    if let Some(Value::Object(expiration)) = sent.get_mut("passwordExpiration") {
        complete_expiration(call.now, stored, expiration);
    }
    let mut changed = current.clone();
    changed.extend(sent.clone());
    let change = Change { state: call.state, sent, current: &current, changed: &changed };
    change.check_language()?;
    change.check_usernames()?;
    change.check_sign_up()?;
    change.check_sign_in()?;
    change.check_factors()?;
    change.check_adaptive_factors()?;
    change.check_forgotten_passwords()?;
    change.check_blocklist()?;
    complete(call.state, sent);
    Ok(())
}

/// Rejects what only the servers of Logto's cloud can do.
fn refuse_cloud_features(sent: &mut Members) -> Outcome<()> {
    if let Some(Value::Object(sources)) = sent.get_mut("customUiCsp") {
        sources.retain(|_, sources| sources.as_array().is_none_or(|sources| !sources.is_empty()));
        if !sources.is_empty() {
            return Err(invalid_input(400, "Custom UI CSP configuration is not available"));
        }
    }
    let asks = |value: Option<&Value>| value == Some(&Value::Bool(true));
    if asks(sent.get("hideLogtoBranding")) {
        return Err(invalid_input(400, "Hide Logto branding is not supported in this environment"));
    }
    if asks(sent.get("emailBlocklistPolicy").and_then(|policy| policy.get("blockDisposableAddresses"))) {
        let message = "Disposable email domain validation is not supported in this environment";
        return Err(invalid_input(400, message));
    }
    Ok(())
}

/// Sets the members that follow from those that were sent.
fn complete(state: &State, sent: &mut Members) {
    if let Some(Value::Array(targets)) = sent.get_mut("socialSignInConnectorTargets") {
        targets.retain(|target| has_target(state, target.as_str().unwrap_or_default()));
    }
    // Only factors can be adapted.
    let without_factors = sent.get("mfa").is_some_and(|mfa| mfa.get("factors") == Some(&json!([])));
    if without_factors && !sent.contains_key("adaptiveMfa") {
        sent.insert("adaptiveMfa".to_owned(), json!({ "enabled": false }));
    }
    for list in ["customAllowlist", "customBlocklist"] {
        let list = sent.get_mut("emailBlocklistPolicy").and_then(|policy| policy.get_mut(list)?.as_array_mut());
        list.into_iter().for_each(drop_repeated);
    }
}

/// Adds what is stored, unless the expiration ends. The time from which passwords expire cannot be set.
fn complete_expiration(now: i64, stored: Option<&Members>, expiration: &mut Members) {
    expiration.remove("enabledAt");
    if expiration.get("enabled") == Some(&Value::Bool(false)) {
        expiration.retain(|name, _| name == "enabled");
        return;
    }
    let mut merged = stored.cloned().unwrap_or_default();
    merged.extend(std::mem::take(expiration));
    if is_enabled(&merged) {
        let since = stored.filter(|stored| is_enabled(stored)).and_then(|stored| stored.get("enabledAt"));
        merged.insert("enabledAt".to_owned(), since.cloned().unwrap_or_else(|| now.into()));
    }
    *expiration = merged;
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

/// Returns the error for passwords that expire while users cannot replace them.
pub(super) fn expiration_requires_replacement() -> Refusal {
    let message = "Password expiration requires at least one forgot password method with a valid connector.";
    refuse(422, "password_expiration_requires_forgot_password", message)
}

/// A change of the sign-in experience. It has the members that were sent, the present experience, and the one with the
/// change.
struct Change<'a> {
    state: &'a State,
    sent: &'a Members,
    current: &'a Members,
    changed: &'a Members,
}

impl Change<'_> {
    fn list<'m>(members: &'m Members, outer: &str, inner: &str) -> &'m [Value] {
        members.get(outer).and_then(|value| value.get(inner)?.as_array()).map_or(&[], Vec::as_slice)
    }

    /// Rejects a default language that has no phrases.
    fn check_language(&self) -> Outcome<()> {
        let language = self.sent.get("languageInfo").and_then(|info| info.get("fallbackLanguage")?.as_str());
        match language {
            Some(language) if !languages::has_phrases(self.state, language) => {
                let message = format!("There are no phrases in the language {language}.");
                Err(refuse(400, "unsupported_default_language", &message))
            }
            _ => Ok(()),
        }
    }

    /// Rejects a policy that no username meets or that treats existing ones as equal.
    fn check_usernames(&self) -> Outcome<()> {
        let Some(policy) = self.sent.get("usernamePolicy") else { return Ok(()) };
        let is = |name: &str| policy.pointer(name) == Some(&Value::Bool(true));
        let number = |name: &str| policy.get(name).and_then(Value::as_f64);
        let place = |name: &str| vec!["usernamePolicy".into(), name.into()];
        let mut issues = Vec::new();
        if number("minLength").zip(number("maxLength")).is_some_and(|(least, most)| least > most) {
            issues.push(Issue::custom("The minimum length is greater than the maximum length.", &place("maxLength")));
        }
        let letters = ["/allowedChars/lowercase", "/allowedChars/uppercase", "/allowedChars/underscore"];
        if !letters.into_iter().any(is) {
            let message = "A username begins with a letter or an underscore, so some of them must be allowed.";
            issues.push(Issue::custom(message, &place("allowedChars")));
        }
        if !issues.is_empty() {
            return Err(refuse_body(issues));
        }
        let keeps_case = is("/caseSensitive") || username::ignores_case(self.state);
        let conflicts = username::case_conflicts(self.state);
        if keeps_case || conflicts.is_empty() {
            return Ok(());
        }
        let refusal = refuse(409, "username_policy_case_conflicts_exist", "Usernames differ only in case.");
        Err(refusal.with("data", username::shown_conflicts(&conflicts, username::SHOWN_CONFLICTS)))
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
        let verifies = |value: &Value| value.get("verify") == Some(&Value::Bool(true));
        let identifiers: Vec<&str> =
            Self::list(self.sent, "signUp", "identifiers").iter().filter_map(Value::as_str).collect();
        let secondary: Vec<(&str, bool)> = Self::list(self.sent, "signUp", "secondaryIdentifiers")
            .iter()
            .filter_map(|further| Some((further.get("identifier")?.as_str()?, verifies(further))))
            .collect();
        if identifiers.is_empty() && !secondary.is_empty() {
            return Err(refuse(400, "missing_sign_up_identifiers", "Secondary identifiers require a primary one."));
        }
        let mut seen: Vec<&str> = Vec::new();
        for identifier in identifiers.iter().copied().chain(secondary.iter().map(|(identifier, _)| *identifier)) {
            let covered =
                identifier == "emailOrPhone" && identifiers.iter().any(|one| matches!(*one, "email" | "phone"));
            if covered || seen.contains(&identifier) {
                return Err(refuse(400, "duplicated_sign_up_identifiers", "An identifier is listed more than once."));
            }
            seen.push(identifier);
        }
        let is_address = |identifier: &str| identifier != "username";
        let unverified = seen.iter().any(|identifier| is_address(identifier)) && !verifies(sign_up);
        if unverified || secondary.iter().any(|(identifier, verified)| is_address(identifier) && !verified) {
            return Err(refuse(400, "passwordless_requires_verify", "Addresses must be verified."));
        }
        seen.into_iter().try_for_each(|identifier| self.require_connector(identifier))
    }

    fn check_sign_in(&self) -> Outcome<()> {
        let methods = Self::list(self.sent, "signIn", "methods");
        let has = |value: &Value, name: &str| value.get(name) == Some(&Value::Bool(true));
        let identifier =
            |method: &Value| method.get("identifier").and_then(Value::as_str).unwrap_or_default().to_owned();
        for method in methods.iter().filter(|method| has(method, "verificationCode")) {
            self.require_connector(&identifier(method))?;
        }
        if !methods.iter().all(|method| has(method, "password") || has(method, "verificationCode")) {
            let message = "A sign-in method requires a password or a code.";
            return Err(refuse(400, "at_least_one_authentication_factor", message));
        }
        let sign_up = self.changed.get("signUp").cloned().unwrap_or_default();
        let only_codes = has(&sign_up, "verify") && !has(&sign_up, "password");
        let by_code = |method: &Value| has(method, "verificationCode") || identifier(method) == "username";
        if only_codes && !methods.iter().all(by_code) {
            let message = "Users who register without a password sign in with a code.";
            return Err(refuse(400, "code_sign_in_must_be_enabled", message));
        }
        Ok(())
    }

    fn check_factors(&self) -> Outcome<()> {
        let factors = Self::list(self.changed, "mfa", "factors");
        if self.sent.contains_key("mfa") {
            if (1..factors.len()).any(|at| factors.iter().take(at).any(|other| Some(other) == factors.get(at))) {
                return Err(refuse(400, "duplicated_mfa_factors", "A factor is listed more than once."));
            }
            if factors == ["BackupCode"] {
                return Err(refuse(400, "backup_code_cannot_be_enabled_alone", "Backup code cannot be enabled alone."));
            }
        }
        let purpose = match (self.sent.contains_key("signIn"), self.sent.contains_key("mfa")) {
            (true, _) => "sign_in",
            (false, true) => "mfa",
            (false, false) => return Ok(()),
        };
        for (identifier, factor) in [("email", "EmailVerificationCode"), ("phone", "PhoneVerificationCode")] {
            let signs_in = Self::list(self.changed, "signIn", "methods").iter().any(|method| {
                let is_code = method.get("verificationCode") == Some(&Value::Bool(true));
                is_code && method.get("identifier").and_then(Value::as_str) == Some(identifier)
            });
            if signs_in && factors.contains(&factor.into()) {
                let problem = format!("{identifier}_verification_code_cannot_be_used_for_{purpose}");
                return Err(refuse(400, &problem, "A code cannot be both a first and a second factor."));
            }
        }
        Ok(())
    }

    /// Adaptive factors and policies that users cannot skip require each other.
    fn check_adaptive_factors(&self) -> Outcome<()> {
        let flag =
            |members: &Members| members.get("adaptiveMfa").and_then(|adaptive| adaptive.get("enabled")?.as_bool());
        let has_factors = !Self::list(self.changed, "mfa", "factors").is_empty();
        let adaptive = match (flag(self.sent), self.sent.contains_key("adaptiveMfa")) {
            (Some(adaptive), _) => adaptive,
            (None, false) if self.sent.contains_key("mfa") && has_factors => flag(self.current) == Some(true),
            _ => return Ok(()),
        };
        let policy = self.changed.get("mfa").and_then(|mfa| mfa.get("policy")?.as_str());
        let skippable = !policy.is_some_and(|policy| UNSKIPPABLE.contains(&policy));
        if adaptive && !has_factors {
            return Err(refuse(422, "adaptive_mfa_requires_mfa", "There are no factors to adapt."));
        }
        if adaptive && skippable {
            let message = "Users must not be able to skip adaptive factors.";
            return Err(refuse(422, "adaptive_mfa_requires_non_skippable_policy", message));
        }
        if !adaptive && !skippable {
            let message = "Only adaptive factors can have this policy.";
            return Err(refuse(422, "non_adaptive_mfa_requires_skippable_policy", message));
        }
        Ok(())
    }

    fn check_forgotten_passwords(&self) -> Outcome<()> {
        let methods = self.changed.get("forgotPasswordMethods").and_then(Value::as_array);
        let channel = |method: &Value| if method == "EmailVerificationCode" { Channel::Email } else { Channel::Sms };
        let works = |method: &Value| messages::can_send(self.state, channel(method));
        // Without a list, every channel with a connector is one.
        let replaces = methods.map_or_else(
            || [Channel::Email, Channel::Sms].into_iter().any(|channel| messages::can_send(self.state, channel)),
            |methods| methods.iter().any(works),
        );
        let methods = methods.map_or(&[] as &[Value], Vec::as_slice);
        if self.sent.contains_key("forgotPasswordMethods") && !methods.iter().all(works) {
            let message = "A method to replace a forgotten password requires a connector.";
            return Err(refuse(400, "forgot_password_method_requires_connector", message));
        }
        let expiration = self.changed.get("passwordExpiration").and_then(Value::as_object);
        if expiration.is_some_and(is_enabled) && !replaces {
            return Err(expiration_requires_replacement());
        }
        Ok(())
    }

    fn check_blocklist(&self) -> Outcome<()> {
        let lists =
            ["customBlocklist", "customAllowlist"].map(|list| Self::list(self.sent, "emailBlocklistPolicy", list));
        if lists.into_iter().flatten().filter_map(Value::as_str).all(email::is_entry) {
            return Ok(());
        }
        let problem = "invalid_custom_email_blocklist_format";
        Err(refuse(400, problem, "Entries are email addresses or domains after an at sign."))
    }
}
