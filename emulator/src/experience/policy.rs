//! The rules of the sign-in experience about second factors.

use logto_admin::serde_json::{Map, Value, json};

use super::guards::{experience, sign_up};
use super::{adaptive, events, known, progress};
use crate::call::Call;
use crate::collections::{MFA_VERIFICATIONS, ORGANIZATIONS, TOTP_SECRET, unused_codes};
use crate::errors::{Outcome, Refusal};
use crate::oidc::scopes::Holder;
use crate::operations::{mfa, users};
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Event, Identifier, Progress};

const EMAIL: &str = "EmailVerificationCode";
const PHONE: &str = "PhoneVerificationCode";
/// All factors, in the order in which responses list them.
const FACTORS: [&str; 5] = [mfa::PASSKEY, mfa::TOTP, PHONE, EMAIL, mfa::BACKUP];

/// Rules of the sign-in experience and of organizations.
pub(super) struct Policy {
    /// The factors that are switched on.
    pub factors: Vec<String>,
    pub name: String,
    /// Whether organizations can require a second factor of their members.
    follows_organizations: bool,
    /// Whether passkeys can replace passwords.
    passkey_signs_in: bool,
    /// The kinds of addresses with which users register.
    addresses: Vec<String>,
}

impl Policy {
    pub(super) fn of(state: &State) -> Self {
        let experience = experience(state);
        let mfa = experience.get("mfa").and_then(Value::as_object).cloned().unwrap_or_default();
        let factors = mfa.get("factors").and_then(Value::as_array).into_iter().flatten();
        let passkeys = experience.get("passkeySignIn").and_then(|settings| settings.get("enabled"));
        Self {
            factors: factors.filter_map(Value::as_str).map(str::to_owned).collect(),
            name: text(&mfa, "policy").to_owned(),
            follows_organizations: text(&mfa, "organizationRequiredMfaPolicy") == "Mandatory",
            passkey_signs_in: passkeys == Some(&Value::Bool(true)),
            addresses: sign_up(&experience).concat(),
        }
    }

    pub(super) fn permits(&self, factor: &str) -> bool {
        self.factors.iter().any(|on| on == factor)
    }

    pub(super) fn is_mandatory(&self) -> bool {
        self.name.ends_with("Mandatory")
    }

    /// Returns the factors that can be required, without backup codes.
    fn main(&self) -> Vec<&'static str> {
        FACTORS.iter().copied().filter(|factor| *factor != mfa::BACKUP && self.permits(factor)).collect()
    }

    /// Returns the factors with which a stored user can prove who they are.
    fn usable(&self, state: &State, user: &Record) -> Vec<&'static str> {
        let own = state.second_factors(&user.id);
        let own = own.filter(|factor| factor.text("type") != mfa::BACKUP || unused_codes(factor) > 0);
        let own: Vec<&str> = own.map(|factor| factor.text("type")).collect();
        let has = |factor: &str| match factor {
            EMAIL => !user.text("primaryEmail").is_empty(),
            PHONE => !user.text("primaryPhone").is_empty(),
            _ => own.contains(&factor),
        };
        FACTORS.iter().copied().filter(|factor| self.permits(factor) && has(factor)).collect()
    }

    /// Returns these factors, and those that the user adds in the interaction. Backup codes are not among the new ones.
    fn with_new(&self, state: &State, progress: &Progress, user: &Record) -> Vec<&'static str> {
        let (usable, chosen) = (self.usable(state, user), &progress.factors);
        let has = |factor: &str| match factor {
            mfa::TOTP => chosen.totp.is_some(),
            mfa::PASSKEY => !chosen.passkeys.is_empty(),
            EMAIL => self.permits(EMAIL) && progress.profile.contains_key("primaryEmail"),
            PHONE => self.permits(PHONE) && progress.profile.contains_key("primaryPhone"),
            _ => false,
        };
        FACTORS.iter().copied().filter(|factor| usable.contains(factor) || has(factor)).collect()
    }

    /// Returns whether an organization of the user requires a second factor.
    fn organizations_require(&self, state: &State, user: &Record) -> bool {
        let organizations = || Holder::user(&user.id).organizations(state).into_iter();
        let requires = |id| state.store.get(&ORGANIZATIONS, id).is_some_and(|found| found.is_true("isMfaRequired"));
        self.follows_organizations && organizations().any(requires)
    }
}

fn is_set(user: &Record, path: &str) -> bool {
    users::config(user, path) == Some(true)
}

/// Returns the factors of a user, and those that they add in the interaction.
pub(super) fn factors(state: &State, progress: &Progress, user: &Record) -> Vec<&'static str> {
    Policy::of(state).with_new(state, progress, user)
}

/// Rejects the choice of a user to have no second factor if the user must have one.
pub(super) fn refuse_skip(state: &State, user: &Record) -> Outcome<()> {
    let policy = Policy::of(state);
    if policy.is_mandatory() || policy.organizations_require(state, user) {
        let code = "session.mfa.mfa_policy_not_user_controlled";
        return Err(Refusal::new(422, code, "Second factors are mandatory."));
    }
    Ok(())
}

/// Rejects a call during a sign-in if a second factor is required but not proven.
pub(super) fn require(call: &mut Call<'_>) -> Outcome<()> {
    let current = progress(call)?.clone();
    if current.event != Event::SignIn || current.needs_no_factor() {
        return Ok(());
    }
    let user = known(call)?;
    let rules = adaptive::assess(call, &user);
    let outcome = require_of(call.state, &current, &user, rules.as_ref().map(|rules| !rules.is_empty()));
    if let Some(rules) = rules.filter(|_| outcome.is_err()) {
        events::unusual(call, &current, &user, adaptive::shown(&rules))?;
    }
    outcome
}

/// Rejects a sign-in that lacks a second factor. If factors are adaptive, `is_unusual` decides whether it needs one.
pub(super) fn require_of(state: &State, progress: &Progress, user: &Record, is_unusual: Option<bool>) -> Outcome<()> {
    if progress.event != Event::SignIn || progress.needs_no_factor() {
        return Ok(());
    }
    let policy = Policy::of(state);
    let usable = policy.usable(state, user);
    let is_off = users::config(user, "/mfa/enabled") == Some(false) || is_set(user, "/mfa/skipMfaOnSignIn");
    if usable.is_empty()
        || !is_unusual.unwrap_or(policy.is_mandatory() || !is_off)
        || progress.proven_factors().any(|factor| usable.contains(&factor))
    {
        return Ok(());
    }
    let data = json!({ "availableFactors": usable, "maskedIdentifiers": masked(user, &usable) });
    let refusal = Refusal::new(403, "session.mfa.require_mfa_verification", "Mfa verification is required to sign in.");
    Err(refusal.with("data", data))
}

/// Returns the addresses of a user, so that they recognize them.
fn masked(user: &Record, usable: &[&str]) -> Map<String, Value> {
    let masked = [(EMAIL, "email"), (PHONE, "phone")].into_iter().filter_map(|(factor, kind)| {
        let address = Identifier::of_user(kind, user);
        (usable.contains(&factor) && !address.value.is_empty())
            .then(|| (factor.to_owned(), address.masked_value().into()))
    });
    masked.collect()
}

/// Rejects a submission of a user who must or should add a second factor. `user` has what they have entered.
pub(super) fn complete(call: &mut Call<'_>, progress: &mut Progress, user: &Record) -> Outcome<()> {
    if progress.is_of_enterprise() {
        return Ok(());
    }
    prefer_passkey(call.state, progress, user)?;
    let chosen = &progress.factors;
    let new = [
        (mfa::TOTP, chosen.totp.is_some()),
        (mfa::PASSKEY, !chosen.passkeys.is_empty()),
        (mfa::BACKUP, chosen.codes.is_some()),
    ];
    for (kind, _) in new.into_iter().filter(|(_, is_new)| *is_new) {
        mfa::check_enabled(call.state, kind)?;
    }
    suggest(call.state, progress, user)?;
    demand(call.state, progress, user)
}

/// Recommends second factors to a user who has not decided about them yet.
fn suggest(state: &State, progress: &mut Progress, user: &Record) -> Outcome<()> {
    let policy = Policy::of(state);
    let later = progress.event == Event::Register && policy.name == "PromptOnlyAtSignIn";
    let never = policy.factors.is_empty() || policy.is_mandatory() || policy.name == "NoPrompt";
    let skipped = progress.factors.skipped || is_set(user, "/mfa/skipped");
    if later || never || skipped || policy.organizations_require(state, user) {
        return Ok(());
    }
    let enabled = if progress.factors.enabled { Some(true) } else { users::config(user, "/mfa/enabled") };
    // Users that administrators created have not decided, but can have factors.
    let has_any = enabled.is_none() && !policy.with_new(state, progress, user).is_empty();
    progress.factors.enabled |= has_any;
    if enabled == Some(true) || has_any {
        return Ok(());
    }
    let message = "For better account security, we recommend binding MFA to your account.";
    Err(Refusal::new(422, "user.suggest_mfa", message))
}

/// Rejects a user who lacks a second factor.
fn demand(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    let policy = Policy::of(state);
    let chosen = &progress.factors;
    let of_organization = policy.organizations_require(state, user);
    let skipped = !policy.is_mandatory() && (chosen.skipped || is_set(user, "/mfa/skipped"));
    let later = progress.event == Event::Register && policy.name.starts_with("PromptOnlyAtSignIn");
    if policy.factors.is_empty() || later || ((policy.name == "NoPrompt" || skipped) && !of_organization) {
        return Ok(());
    }
    let (main, own) = (policy.main(), policy.with_new(state, progress, user));
    if !main.iter().any(|factor| own.contains(factor)) {
        let mut data = json!({ "availableFactors": main });
        if let Some(members) = data.as_object_mut().filter(|_| !policy.is_mandatory() && !of_organization) {
            members.insert("skippable".to_owned(), true.into());
        }
        let message = "You need to bind additional MFA before signing-in.";
        return Err(Refusal::new(422, "user.missing_mfa", message).with("data", data));
    }
    suggest_another(&policy, progress, user, &own)?;
    if policy.permits(mfa::BACKUP) && !own.contains(&mfa::BACKUP) && chosen.codes.is_none() {
        return Err(Refusal::usual(422, "session.mfa.backup_code_required"));
    }
    Ok(())
}

/// Recommends another factor to a user whose factors can also replace the password.
fn suggest_another(policy: &Policy, progress: &Progress, user: &Record, own: &[&str]) -> Outcome<()> {
    let skipped = progress.factors.suggestion_skipped || is_set(user, "/mfa/additionalBindingSuggestionSkipped");
    let main = policy.main();
    let only_factor =
        |factor: &str, kind: &str| own.contains(&factor) && !policy.addresses.iter().any(|one| one == kind);
    let strong = own.iter().any(|factor| match *factor {
        mfa::TOTP | mfa::BACKUP => true,
        mfa::PASSKEY => !policy.passkey_signs_in,
        _ => false,
    });
    if skipped
        || strong
        || only_factor(EMAIL, "email")
        || only_factor(PHONE, "phone")
        || main.iter().all(|one| own.contains(one))
    {
        return Ok(());
    }
    let data = json!({
        "availableFactors": main,
        "maskedIdentifiers": masked(user, own),
        "isWebAuthnUsedAsSignInPasskey": policy.passkey_signs_in && own.contains(&mfa::PASSKEY),
        "skippable": true,
        "suggestion": true,
    });
    let message = "For stronger protection, consider adding another MFA method. You can skip this step and continue.";
    Err(Refusal::new(422, "session.mfa.suggest_additional_mfa", message).with("data", data))
}

/// Recommends a passkey to a user who could sign in with one.
fn prefer_passkey(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    let chosen = &progress.factors;
    let skipped = chosen.passkey_skipped || is_set(user, "/passkeySignIn/skipped");
    if !Policy::of(state).passkey_signs_in
        || skipped
        || !chosen.passkeys.is_empty()
        || !mfa::passkeys(state, &user.id).is_empty()
    {
        return Ok(());
    }
    Err(Refusal::new(422, "user.passkey_preferred", "Create a passkey to simplify your sign-in process."))
}

/// Stores the factors and the choices of a user.
pub(super) fn save(call: &mut Call<'_>, progress: &Progress, user: &mut Record) {
    let chosen = &progress.factors;
    if let Some(secret) = &chosen.totp {
        mfa::add(call, &user.id, mfa::TOTP, TOTP_SECRET, secret.clone().into());
    }
    for passkey in &chosen.passkeys {
        mfa::add_passkey(call, &user.id, passkey, None);
    }
    if let Some(codes) = &chosen.codes {
        let old: Vec<String> = call
            .state
            .second_factors(&user.id)
            .filter(|factor| factor.text("type") == mfa::BACKUP)
            .map(|factor| factor.id.clone())
            .collect();
        for id in old {
            call.state.store.remove(&MFA_VERIFICATIONS, &id);
        }
        mfa::add_codes(call, &user.id, codes);
    }
    let mut decided = Members::new();
    let flags = [
        ("enabled", chosen.enabled),
        ("skipped", chosen.skipped),
        ("additionalBindingSuggestionSkipped", chosen.suggestion_skipped),
    ];
    decided.extend(flags.into_iter().filter(|(_, on)| *on).map(|(name, on)| (name.to_owned(), on.into())));
    let mut choices = Members::from_iter([("mfa".to_owned(), decided.into())]);
    // A user who has just registered is asked again.
    if chosen.passkey_skipped && progress.event == Event::SignIn {
        choices.insert("passkeySignIn".to_owned(), json!({ "skipped": true }));
    }
    users::merge_configs(user, &choices);
}
