//! The members of a record, as data: names and types.

use serde_json::Value;

/// A member of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
}

/// The type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Flag,
    Object,
    Names,
    Memberships,
    Factors,
}

/// The members of [`ImportedUser`](super::record::ImportedUser).
pub(crate) const MEMBERS: [Member; 16] = [
    member("id", Form::Text),
    member("username", Form::Text),
    member("primaryEmail", Form::Text),
    member("primaryPhone", Form::Text),
    member("name", Form::Text),
    member("avatar", Form::Text),
    member(PASSWORD, Form::Text),
    member("passwordDigest", Form::Text),
    member("passwordAlgorithm", Form::Text),
    member("customData", Form::Object),
    member("profile", Form::Object),
    member("isSuspended", Form::Flag),
    member("identities", Form::Object),
    member("roles", Form::Names),
    member("organizations", Form::Memberships),
    member("mfa", Form::Factors),
];

/// The member that no export has.
pub(crate) const PASSWORD: &str = "password";

pub(crate) const fn member(name: &'static str, form: Form) -> Member {
    Member { name, form }
}

/// Returns the member with this name.
pub(crate) fn find(name: &str) -> Option<Member> {
    MEMBERS.into_iter().find(|member| member.name == name)
}

impl Form {
    /// Returns what is expected, for messages.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::Text => "expected a text",
            Self::Flag => "expected true or false",
            Self::Object => "expected a JSON object",
            Self::Names => "expected a list of names",
            Self::Memberships => "expected a list of objects with `name` and `roles`",
            Self::Factors => "expected a list of objects with `type`: `Totp`, `BackupCode` or `WebAuthn`",
        }
    }

    /// Whether a value has this form. Does not look into objects.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Names => value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
            Self::Memberships | Self::Factors => {
                value.as_array().is_some_and(|items| items.iter().all(Value::is_object))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::ImportedUser;
    use super::*;

    #[test]
    fn the_table_has_every_member_of_a_record() {
        let whole = serde_json::json!({
            "id": "1", "username": "a", "primaryEmail": "a", "primaryPhone": "1", "name": "A", "avatar": "x",
            "password": "p", "passwordDigest": "d", "passwordAlgorithm": "MD5", "customData": { "a": 1 },
            "profile": { "a": 1 }, "isSuspended": true, "identities": { "a": 1 }, "roles": ["a"],
            "organizations": [{ "name": "a" }], "mfa": [{ "type": "WebAuthn" }],
        });
        let user: ImportedUser = serde_json::from_value(whole).unwrap();
        let written = serde_json::to_value(user).unwrap();
        assert!(written.as_object().unwrap().iter().all(|(name, value)| find(name).unwrap().form.fits(value)));
        assert_eq!(written.as_object().unwrap().len(), MEMBERS.len());
    }
}
