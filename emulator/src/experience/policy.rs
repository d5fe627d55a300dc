//! The rules of the sign-in experience about second factors.

use logto_admin::serde_json::{Map, Value, json};

use super::guards::experience;
use crate::call::Call;
use crate::collections::{BACKUP_CODES, MFA_VERIFICATIONS, TOTP_SECRET};
use crate::errors::{Outcome, Refusal};
use crate::operations::{mfa, users};
use crate::record::{Members, Record, text};
use crate::state::State;
use crate::state::progress::{Event, Identifier, Progress};

const EMAIL: &str = "EmailVerificationCode";
const PHONE: &str = "PhoneVerificationCode";
/// All factors, in the order in which responses list them.
const FACTORS: [&str; 5] = [mfa::PASSKEY, mfa::TOTP, PHONE, EMAIL, mfa::BACKUP];

/// Returns the factors that are switched on, and the policy.
fn settings(state: &State) -> (Vec<String>, String) {
    let experience = experience(state);
    let mfa = experience.get("mfa").and_then(Value::as_object);
    let list = mfa.and_then(|mfa| mfa.get("factors")).and_then(Value::as_array).into_iter().flatten();
    let factors = list.filter_map(Value::as_str).map(str::to_owned).collect();
    (factors, mfa.map(|mfa| text(mfa, "policy").to_owned()).unwrap_or_default())
}

/// Returns whether users must have a second factor.
pub(super) fn is_mandatory(state: &State) -> bool {
    settings(state).1.ends_with("Mandatory")
}

fn flag(user: &Record, path: &str) -> bool {
    users::configs(user).pointer(path) == Some(&Value::Bool(true))
}

/// Returns whether a factor is switched on.
pub(super) fn is_on(state: &State, factor: &str) -> bool {
    settings(state).0.iter().any(|on| on == factor)
}

/// Returns the factors with which a user can prove who they are.
fn usable(state: &State, user: &Record, enabled: bool) -> Vec<&'static str> {
    let (factors, policy) = settings(state);
    let own: Vec<&str> = state.second_factors(&user.id).map(|factor| factor.text("type")).collect();
    let by_address = enabled || policy.ends_with("Mandatory") || flag(user, "/mfa/enabled");
    let has = |factor: &&&str| {
        let factor = **factor;
        factors.iter().any(|on| on == factor)
            && match factor {
                EMAIL => by_address && !user.text("primaryEmail").is_empty(),
                PHONE => by_address && !user.text("primaryPhone").is_empty(),
                _ => own.contains(&factor),
            }
    };
    FACTORS.iter().filter(has).copied().collect()
}

/// Rejects a sign-in that lacks a second factor.
pub(super) fn require(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    let usable = usable(state, user, progress.factors.enabled);
    let proven = progress.proves_factor();
    if progress.event != Event::SignIn || usable.is_empty() || proven || flag(user, "/mfa/skipMfaOnSignIn") {
        return Ok(());
    }
    // The enterprise decides how its users prove who they are.
    if progress.is_of_enterprise() {
        return Ok(());
    }
    let data = json!({ "availableFactors": usable, "maskedIdentifiers": masked(user, &usable) });
    let refusal = Refusal::new(403, "session.mfa.require_mfa_verification", "Mfa verification is required to sign in.");
    Err(refusal.with("data", data))
}

/// Returns the addresses of a user, so that they recognize them.
fn masked(user: &Record, usable: &[&str]) -> Map<String, Value> {
    let masked = [(EMAIL, "email"), (PHONE, "phone")].into_iter().filter_map(|(factor, kind)| {
        let address = || Identifier::of_user(kind, user).masked_value().into();
        usable.contains(&factor).then(|| (factor.to_owned(), address()))
    });
    masked.collect()
}

/// Rejects a submission of a user who must or should add a second factor.
pub(super) fn complete(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    if progress.is_of_enterprise() {
        return Ok(());
    }
    prefer_passkey(state, progress, user)?;
    let (factors, policy) = settings(state);
    let addable: Vec<&str> = FACTORS
        .iter()
        .copied()
        .filter(|factor| *factor != mfa::BACKUP && factors.iter().any(|on| on == factor))
        .collect();
    let prompts = match policy.as_str() {
        "NoPrompt" => false,
        "PromptOnlyAtSignIn" => progress.event == Event::SignIn,
        _ => true,
    };
    if addable.is_empty() {
        return Ok(());
    }
    let chosen = &progress.factors;
    let own: Vec<&str> = state.second_factors(&user.id).map(|factor| factor.text("type")).collect();
    let by_address = usable(state, user, chosen.enabled).iter().any(|factor| matches!(*factor, EMAIL | PHONE));
    if chosen.signs_in_with_passkey && chosen.totp.is_none() && own.is_empty() {
        return if chosen.suggestion_skipped {
            Ok(())
        } else {
            Err(one_more(&addable, !policy.ends_with("Mandatory")))
        };
    }
    let main = chosen.adds_main() || own.iter().any(|kind| *kind != mfa::BACKUP);
    if main {
        let has_codes = chosen.codes.is_some() || own.contains(&mfa::BACKUP);
        let wants_codes = factors.iter().any(|factor| factor == mfa::BACKUP);
        let refusal = Refusal::usual(422, "session.mfa.backup_code_required");
        return if wants_codes && !has_codes { Err(refusal) } else { Ok(()) };
    }
    if by_address {
        return Ok(());
    }
    let mandatory = policy.ends_with("Mandatory");
    let skipped = chosen.skipped || flag(user, "/mfa/skipped");
    if !mandatory && (skipped || !prompts) {
        return Ok(());
    }
    if !mandatory && !chosen.enabled && !flag(user, "/mfa/enabled") {
        let refusal = Refusal::new(
            422,
            "user.suggest_mfa",
            "For better account security, we recommend binding MFA to your account.",
        );
        return if chosen.suggestion_skipped { Ok(()) } else { Err(refusal) };
    }
    let data = json!({ "availableFactors": addable, "skippable": !mandatory });
    let message = "You need to bind additional MFA before signing-in.";
    Err(Refusal::new(422, "user.missing_mfa", message).with("data", data))
}

/// Recommends a passkey to a user who could sign in with one.
fn prefer_passkey(state: &State, progress: &Progress, user: &Record) -> Outcome<()> {
    let settings = experience(state);
    let on = settings.get("passkeySignIn").and_then(|settings| settings.get("enabled")) == Some(&Value::Bool(true));
    let chosen = &progress.factors;
    let skipped = chosen.passkey_skipped || flag(user, "/passkeySignIn/skipped");
    if !on || skipped || !chosen.passkeys.is_empty() || !mfa::passkeys(state, &user.id).is_empty() {
        return Ok(());
    }
    Err(Refusal::new(422, "user.passkey_preferred", "Create a passkey to simplify your sign-in process."))
}

/// Returns the error that recommends a second factor besides a passkey.
fn one_more(addable: &[&str], skippable: bool) -> Refusal {
    let data = json!({
        "availableFactors": addable,
        "maskedIdentifiers": {},
        "isWebAuthnUsedAsSignInPasskey": true,
        "skippable": skippable,
        "suggestion": true,
    });
    let message = "For stronger protection, consider adding another MFA method. You can skip this step and continue.";
    Refusal::new(422, "session.mfa.suggest_additional_mfa", message).with("data", data)
}

/// Stores the factors and the choices of a user.
pub(super) fn save(call: &mut Call<'_>, progress: &Progress, user: &mut Record) {
    let chosen = &progress.factors;
    if let Some(secret) = &chosen.totp {
        mfa::add(call, &user.id, mfa::TOTP, TOTP_SECRET, secret.clone().into());
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
        mfa::add(call, &user.id, mfa::BACKUP, BACKUP_CODES, codes.clone());
    }
    for passkey in &chosen.passkeys {
        mfa::add_passkey(call, &user.id, passkey, None);
    }
    let mut choices = Members::new();
    let mut choose = |name: &str, value: Value| choices.insert(name.to_owned(), value);
    if chosen.skipped {
        choose("mfa", json!({ "skipped": true }));
    } else if chosen.enabled {
        choose("mfa", json!({ "enabled": true }));
    }
    if chosen.passkey_skipped {
        choose("passkeySignIn", json!({ "skipped": true }));
    }
    users::merge_configs(user, &choices);
}
