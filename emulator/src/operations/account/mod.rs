//! The account API: operations of users on their own account.

mod factors;
mod handlers;
mod identifiers;
mod passkeys;
mod profile;
mod rules;
mod social;
mod verifications;

use logto_admin::serde_json::Value;

use crate::call::Call;
use crate::collections::{USER_SSO_IDENTITIES, USERS};
use crate::errors::{Outcome, Refusal};
use crate::operations::collection_operations::keep;
use crate::record::{Members, Record};

pub(super) use handlers::ALL;
pub(crate) use rules::{check, check_enabled};

/// Returns the user that makes the call.
fn user(call: &Call<'_>) -> Outcome<Record> {
    call.record(&USERS, &call.caller).cloned()
}

/// Stores a changed user.
fn save(call: &mut Call<'_>, mut user: Record) {
    keep(call, &USERS, &mut user);
}

/// Rejects the removal of the last member with which a user can sign in.
fn keep_one(call: &Call<'_>, user: &Record, removed: &str) -> Outcome<()> {
    let names = ["username", "primaryEmail", "primaryPhone"].into_iter().filter(|name| !user.text(name).is_empty());
    let social = user.members.get("identities").and_then(Value::as_object).into_iter().flat_map(Members::keys);
    let all = call.state.store.all(&USER_SSO_IDENTITIES);
    let enterprise = all.filter(|identity| identity.text("userId") == user.id).map(|identity| identity.id.as_str());
    if names.chain(social.map(String::as_str)).chain(enterprise).any(|one| one != removed) {
        return Ok(());
    }
    let message = "The user needs a way to sign in.";
    Err(Refusal::new(400, "user.last_sign_in_method_required", message))
}

/// Returns the error for an unusable verification record. The record is unknown, expired or of another kind.
fn no_record() -> Refusal {
    Refusal::usual(400, "verification_record.not_found")
}
