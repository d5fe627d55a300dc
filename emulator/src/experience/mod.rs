//! The Experience API: what the sign-in page does.

mod adaptive;
pub(crate) mod audit;
mod avatars;
mod binding;
mod changes;
mod codes;
mod events;
mod factors;
mod guards;
mod handlers;
mod identification;
mod identities;
mod legacy;
mod one_time_tokens;
mod organizations;
mod passkeys;
mod passwords;
mod people;
mod policy;
mod profile;
mod social;
mod sso;
mod start;
mod submission;

use logto_admin::transport::HttpResponse;

pub(crate) use handlers::ALL;

use crate::call::Call;
use crate::collections::USERS;
use crate::errors::{Outcome, Refusal};
use crate::oidc::interactions::missing;
use crate::record::Record;
use crate::state::oidc::Interaction;
use crate::state::progress::{Kind, Progress, Verification};

/// Returns the interaction of a call. Its id is the caller.
fn interaction<'c>(call: &'c mut Call<'_>) -> Outcome<&'c mut Interaction> {
    call.state.oidc.interactions.get_mut(&call.caller).ok_or_else(missing)
}

/// Returns what the user has done in the interaction so far.
fn progress<'c>(call: &'c mut Call<'_>) -> Outcome<&'c mut Progress> {
    interaction(call)?.progress.as_mut().ok_or_else(not_started)
}

/// Returns the identified user.
fn known(call: &mut Call<'_>) -> Outcome<Record> {
    let id = progress(call)?.identified()?;
    call.record(&USERS, &id).cloned()
}

/// Returns the error for an interaction that has not been started.
fn not_started() -> Refusal {
    Refusal::new(
        404,
        "session.interaction_not_found",
        "Interaction session not found. Please go back and start the session again.",
    )
}

/// Returns the error for a record that proves nothing yet.
fn unverified() -> Refusal {
    Refusal::new(400, "session.verification_failed", "The verification has not succeeded yet.")
}

/// Returns the error for a record of another user than the identified one.
fn conflict() -> Refusal {
    Refusal::new(409, "session.identity_conflict", "Another user has been identified in this interaction.")
}

/// Creates a record of the identified user.
fn record(call: &mut Call<'_>, user: &str, kind: Kind, verified: Option<bool>) -> Verification {
    let mut record = Verification::new(call.state.ids.id(21), kind);
    record.verified = verified;
    record.shown.insert("userId".to_owned(), user.into());
    record
}

/// Adds a verification record, and answers with its id.
fn added(call: &mut Call<'_>, record: Verification) -> Outcome<HttpResponse> {
    let id = record.id.clone();
    progress(call)?.add(record);
    Ok(verification(call, &id))
}

/// Answers with the id of a verification record.
fn verification(call: &Call<'_>, id: &str) -> HttpResponse {
    let answer = logto_admin::serde_json::json!({ "verificationId": id });
    crate::http::reply::json(call.success(), &answer)
}
