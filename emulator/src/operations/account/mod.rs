//! The account API: operations of users on their own account.

mod all;
mod factors;
mod identifiers;
mod passkeys;
mod profile;
mod rules;
mod social;
mod verifications;

use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::operations::of_collections::keep;
use crate::record::Record;

pub(super) use all::ALL;
pub(crate) use rules::{check, check_enabled};

/// Returns the user that makes the call.
fn user(call: &Call<'_>) -> Outcome<Record> {
    call.record(&USERS, &call.caller).cloned()
}

/// Stores a changed user.
fn save(call: &mut Call<'_>, mut user: Record) {
    keep(call, &USERS, &mut user);
}

/// Returns the error for a verification record that is unknown, expired or of another kind.
fn no_record() -> Refusal {
    Refusal::usual(400, "verification_record.not_found")
}
