//! Finds the users of interactions.

use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::policies::{phones, username};
use crate::record::Record;
use crate::state::State;
use crate::state::progress::Identifier;

/// Returns the user with an identifier.
pub(super) fn find<'s>(state: &'s State, identifier: &Identifier) -> Option<&'s Record> {
    let member = identifier.member();
    let ignores_case = match member {
        "primaryEmail" => true,
        "username" => username::ignores_case(state),
        _ => false,
    };
    let phone = phones::normalized(&identifier.value).filter(|_| member == "primaryPhone");
    state.store.all(&USERS).find(|user| {
        let value = user.text(member);
        value == identifier.value
            || phone.as_deref() == Some(value)
            || ignores_case && value.eq_ignore_ascii_case(&identifier.value)
    })
}

/// Rejects a suspended user.
pub(super) fn refuse_suspended(user: &Record) -> Outcome<()> {
    let refusal = Refusal::new(401, "user.suspended", "The account is suspended.");
    if user.is_true("isSuspended") { Err(refusal) } else { Ok(()) }
}

/// Rejects an identifier of another user than `id`.
pub(super) fn refuse_taken(state: &State, identifier: &Identifier, id: &str) -> Outcome<()> {
    if find(state, identifier).is_none_or(|user| user.id == id) {
        return Ok(());
    }
    let code = match identifier.kind.as_str() {
        "email" => "user.email_already_in_use",
        "phone" => "user.phone_already_in_use",
        _ => "user.username_already_in_use",
    };
    Err(Refusal::about(422, code, &identifier.value))
}
