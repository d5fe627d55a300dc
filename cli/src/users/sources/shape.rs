//! Recognizes the system of a record by its members.

use serde_json::Value;

use super::Source;

/// Members that only the records, or the files, of one system have.
const CHARACTERISTIC: [(Source, &[&str]); 7] = [
    (
        Source::Logto,
        &["primaryEmail", "primaryPhone", "customData", "passwordDigest", "passwordAlgorithm", "isSuspended"],
    ),
    (
        Source::Auth0,
        &["user_id", "user_metadata", "app_metadata", "_id", "password_hash", "custom_password_hash", "mfa_factors"],
    ),
    (
        Source::Keycloak,
        &[
            "realm",
            "realmRoles",
            "clientRoles",
            "firstName",
            "lastName",
            "federatedIdentities",
            "federationLink",
            "createdTimestamp",
            "requiredActions",
            "disableableCredentialTypes",
            "serviceAccountClientId",
            "credentials",
        ],
    ),
    (
        Source::Cognito,
        &[
            "Users",
            "Username",
            "UserStatus",
            "Attributes",
            "UserAttributes",
            "UserCreateDate",
            "cognito:username",
            "cognito:mfa_enabled",
        ],
    ),
    (Source::Firebase, &["localId", "providerUserInfo", "lastSignedInAt", "photoUrl", "customAttributes", "mfaInfo"]),
    (
        Source::Clerk,
        &[
            "email_addresses",
            "primary_email_address",
            "primary_email_address_id",
            "verified_email_addresses",
            "public_metadata",
            "private_metadata",
            "unsafe_metadata",
            "password_hasher",
            "external_accounts",
            "total_count",
        ],
    ),
    (Source::Authentik, &["pk", "is_active", "is_superuser", "groups_obj", "pagination"]),
];

impl Source {
    /// Returns the system, other than Logto, that members with these names identify. They can also be columns.
    #[must_use]
    pub fn of_members<'n>(names: impl Iterator<Item = &'n str>) -> Option<Self> {
        let names: Vec<&str> = names.collect();
        let mut known = CHARACTERISTIC.iter().filter(|(source, _)| *source != Self::Logto);
        let known = known.find(|(_, members)| members.iter().any(|member| names.contains(member)));
        // Cognito has the member too, but an export of Cognito has others.
        let is_auth0 = || names.contains(&"email_verified");
        known.map(|(source, _)| *source).or_else(|| is_auth0().then_some(Self::Auth0))
    }

    /// Returns the system that a record comes from, by its members. If the record has records in it, their first one
    /// counts: the files of some systems are an object with all users.
    #[must_use]
    pub fn of_record(record: &Value) -> Option<Self> {
        let Value::Object(members) = record else { return None };
        let inner = || members.values().filter_map(|value| value.as_array()?.first());
        Self::of_members(members.keys().map(String::as_str)).or_else(|| inner().find_map(Self::of_record))
    }

    /// Whether a row that was read with Firebase's columns comes from Firebase. Firebase's CSV has no header.
    #[must_use]
    pub(in crate::users) fn is_firebase_row(row: &Value) -> bool {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_time = |text: &str| text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        matches!(text("emailVerified"), "true" | "false") && is_time(text("createdAt"))
    }

    /// Whether a record is in the form of the exports that contain password hashes. The user might have none.
    #[must_use]
    pub(in crate::users) fn can_have_hashes(self, record: &Value) -> bool {
        // Users of Keycloak's API lack the member.
        self == Self::Keycloak && record.get("credentials").is_some()
    }

    /// Whether a record is a whole realm of Keycloak. That is so if the export lacks the users.
    #[must_use]
    pub(in crate::users) fn is_realm_without_users(self, record: &Value) -> bool {
        self == Self::Keycloak && record.get("realm").is_some() && record.get("username").is_none()
    }

    /// Returns the system that a record comes from if that is clearly another one. The record then has members of that
    /// system only. The import would lose most of the record.
    ///
    /// `Csv` has no members of its own: its columns are those of the user.
    #[must_use]
    pub fn mistaken_for(self, record: &Value) -> Option<Self> {
        let Value::Object(members) = record else { return None };
        let names: Vec<&str> = members.keys().map(String::as_str).collect();
        match self {
            Self::Csv => return None,
            // Its files have no container, so the file of another system can be one record.
            Self::Logto => return Self::of_record(record).filter(|_| !self.has_one_of(&names)),
            _ => {}
        }
        // Firebase's CSV has no header, so the header of another system is read as a record.
        let is_headless = self.input_options().columns.is_some();
        let cells: Vec<&str> = members.values().filter_map(Value::as_str).filter(|_| is_headless).collect();
        self.other_with(&names).or_else(|| self.other_with(&cells))
    }

    /// Returns the other system with most of these members. Returns `None` if one of them is a member of this system.
    fn other_with(self, names: &[&str]) -> Option<Self> {
        let counts =
            CHARACTERISTIC.map(|(source, members)| (members.iter().filter(|m| names.contains(*m)).count(), source));
        let (count, source) = counts.into_iter().max_by_key(|(count, _)| *count)?;
        (count > 0 && !self.has_one_of(names)).then_some(source)
    }

    /// Whether one of these members is one that only this system has.
    fn has_one_of(self, names: &[&str]) -> bool {
        let mut own = CHARACTERISTIC.iter().filter(|(source, _)| *source == self).flat_map(|(_, members)| *members);
        own.any(|member| names.contains(member))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_document_comes_from_the_system_of_its_records() {
        let of = |json: serde_json::Value| Source::of_record(&json);
        assert_eq!(of(serde_json::json!({ "users": [{ "localId": "1" }] })), Some(Source::Firebase));
        assert_eq!(of(serde_json::json!({ "users": [{ "user_id": "1" }] })), Some(Source::Auth0));
        assert_eq!(of(serde_json::json!({ "data": [{ "email_addresses": [] }] })), Some(Source::Clerk));
        for other in [serde_json::json!({ "users": [{ "username": "a" }], "roles": ["x"] }), serde_json::json!([1])] {
            assert_eq!(of(other), None);
        }
    }

    #[test]
    fn a_member_is_characteristic_of_one_system() {
        let mut seen = HashSet::new();
        let all = CHARACTERISTIC.iter().flat_map(|(_, members)| members.iter());
        assert!(all.into_iter().all(|member| seen.insert(member)));
    }
}
