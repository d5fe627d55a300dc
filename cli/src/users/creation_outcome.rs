//! Decides whether a creation without a clear answer has created a user.
//!
//! Before an import creates a user, it looks the user up. It writes the attempt to the journal only if the lookup finds
//! nobody. A definite refusal ends the attempt. After a crash or an unclear answer, three conditions must hold for a user
//! to count as created by the import. It has all identifiers of the record, does not come from a sign-up, and was created
//! at the time of the attempt.

use logto_admin::Client;
use logto_admin::models::User;

use super::journal::Identifiers;
use super::record_result::RecordError;
use super::user_of_record::{self, Found};
use crate::lookup;
use crate::username_case::UsernameCase;

/// Maximum difference of this machine's and the server's clock, in milliseconds.
const SKEW: i64 = 5 * 60 * 1000;

/// Longest duration of a request with its retries, in milliseconds.
const LONGEST: i64 = 6 * 60 * 1000;

/// Returns the user that an interrupted attempt at this time created, if it did. Fails if that is impossible to find out.
pub(super) async fn created_user(client: &Client, identifiers: &Identifiers, at: i64) -> Found {
    if identifiers.is_empty() {
        return Err(unknown("an earlier run was interrupted"));
    }
    // The attempt created a user with the username as the record has it.
    Ok(user_of_record::find(client, identifiers, UsernameCase::Matters)
        .await?
        .filter(|user| is_created(user, identifiers, at)))
}

/// Whether the attempt at this time created the user.
pub(super) fn is_created(user: &User, identifiers: &Identifiers, at: i64) -> bool {
    let time = at.saturating_sub(SKEW)..=at.saturating_add(LONGEST + SKEW);
    identifiers.iter().all(|(member, value)| lookup::has(user, member, value))
        && user.application_id.is_none()
        && time.contains(&user.created_at.as_millis())
}

/// Code of a failure: the user might exist.
const UNKNOWN: &str = "user.unknown";

/// Whether it is impossible to find out which user belongs to a record. Other failures can be temporary.
pub(super) fn is_unclear(problem: &RecordError) -> bool {
    problem.code.as_deref().is_some_and(|code| [UNKNOWN, user_of_record::SEVERAL].contains(&code))
}

/// The failure of a record whose user might exist. The record has nothing to look the user up by.
pub(super) fn unknown(why: &str) -> RecordError {
    let message = format!(
        "{why}: the user might exist, and has no email address, phone number or username to look it up by; if it \
         exists, delete it, and import the record with another journal"
    );
    RecordError { code: Some(UNKNOWN.to_owned()), message, ..RecordError::default() }
}

/// The failure of a record whose creation succeeded with an answer without an id.
pub(super) fn without_id() -> RecordError {
    let message = "the server confirmed the creation, but its answer has no id and no user has the identifiers: check the \
                   endpoint, and whether the user exists";
    RecordError { code: Some(UNKNOWN.to_owned()), message: message.to_owned(), ..RecordError::default() }
}

/// The failure of a record whose user was created after an interrupted attempt. The user was not created at the time of
/// that attempt.
pub(super) fn at_another_time(id: &str) -> RecordError {
    let message = format!(
        "an earlier run was interrupted, and it is unclear whether it created the user {id}: compare the clocks of this \
         machine and of the server, and pass --on-conflict update to complete the user"
    );
    RecordError { code: Some(UNKNOWN.to_owned()), message, ..RecordError::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_user_with_all_identifiers_from_the_time_of_the_attempt_counts_as_created() {
        let user: User = serde_json::from_value(serde_json::json!({
            "id": "1", "username": "ada", "primaryEmail": "Ada@example.com", "primaryPhone": null, "name": null,
            "avatar": null, "customData": {}, "identities": {}, "lastSignInAt": null, "createdAt": 10_000_000,
            "updatedAt": 10_000_000, "profile": {}, "applicationId": null, "isSuspended": false,
        }))
        .unwrap();
        let identifiers = |email: &str| {
            Identifiers::from([("username".into(), "ada".into()), ("primaryEmail".to_owned(), email.to_owned())])
        };
        let ada = identifiers("ada@example.com");
        assert!(is_created(&user, &ada, 10_000_000));
        assert!(is_created(&user, &ada, 10_000_000 + SKEW) && !is_created(&user, &ada, 10_000_001 + SKEW));
        let earliest = 10_000_000 - LONGEST - SKEW;
        assert!(is_created(&user, &ada, earliest) && !is_created(&user, &ada, earliest - 1));
        assert!(!is_created(&user, &identifiers("other@example.com"), 10_000_000));
        let signed_up = User { application_id: Some("app".to_owned()), ..user };
        assert!(!is_created(&signed_up, &ada, 10_000_000));
    }
}
