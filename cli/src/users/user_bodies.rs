//! Bodies of the requests for a record, and the members that it is recognized by.

use logto_admin::models::User;
use logto_admin::serde_json::{self, Value};

use super::digest::Digest;
use super::journal::Identifiers;
use super::record::ImportedUser;

/// Returns a digest of a record, which is the same in every run. A password in clear text is left out: the digest could
/// confirm a guess.
pub(super) fn digest_of(record: &ImportedUser) -> String {
    let rest = ImportedUser { password: None, ..record.clone() };
    Digest::EMPTY.with(&serde_json::to_vec(&rest).unwrap_or_default()).hex()
}

pub(super) fn identifiers(record: &ImportedUser) -> Identifiers {
    let all = [
        ("primaryEmail", &record.primary_email),
        ("primaryPhone", &record.primary_phone),
        ("username", &record.username),
    ];
    all.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value.clone()?))).collect()
}

/// Returns the members that a creation or a change sets.
pub(super) fn members(record: &ImportedUser) -> Value {
    let mut body = serde_json::to_value(record).unwrap_or_default();
    if let Value::Object(members) = &mut body {
        for other in ["id", "isSuspended", "identities", "roles", "organizations", "mfa"] {
            members.remove(other);
        }
    }
    body
}

/// Returns the change of a user. The server replaces `customData` and `profile`, so the members of the user are kept.
pub(super) fn change(record: &ImportedUser, user: &User) -> Value {
    let mut body = members(record);
    let Value::Object(members) = &mut body else { return body };
    for secret in ["password", "passwordDigest", "passwordAlgorithm"] {
        members.remove(secret);
    }
    let kept = [
        ("customData", Value::Object(user.custom_data.clone())),
        ("profile", serde_json::to_value(&user.profile).unwrap_or_default()),
    ];
    for (name, old) in kept {
        if let (Some(Value::Object(new)), Value::Object(mut old)) = (members.get(name).cloned(), old) {
            old.extend(new);
            members.insert(name.to_owned(), old.into());
        }
    }
    body
}
