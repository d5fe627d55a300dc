//! A user as the import reads it and the export writes it.

use std::fmt;

use logto_admin::serde_json::{Map, Value};
use serde::{Deserialize, Serialize};

/// The members of a JSON object.
pub type JsonObject = Map<String, Value>;

/// A user with everything that an import can create.
///
/// This is the format of an export (one JSON object per line), and what the export formats of other systems are
/// converted to. All members are optional. Unknown members are errors.
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ImportedUser {
    /// The id in the system that the record comes from. It identifies the record in journals and reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name for signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Email address for signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_email: Option<String>,
    /// Phone number for signing in: country code and number, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_phone: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// URL of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Password in clear text. Cannot be combined with `passwordDigest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Hash of the password, in the format that Logto expects for `passwordAlgorithm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_digest: Option<String>,
    /// Algorithm of `passwordDigest`. `Argon2i`, `Argon2id`, `Argon2d`, `SHA1`, `SHA256`, `MD5`, `Bcrypt` or `Legacy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_algorithm: Option<String>,
    /// Any JSON object of the application.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom_data: JsonObject,
    /// Standard OpenID Connect claims, such as `givenName`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub profile: JsonObject,
    /// Whether the user cannot sign in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_suspended: bool,
    /// Social identities, by the target of their connector, such as `google`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub identities: JsonObject,
    /// Names of the user's roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Organizations that the user is a member of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<Membership>,
    /// Second factors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mfa: Vec<Factor>,
}

/// The membership in an organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Membership {
    /// Name of the organization.
    pub name: String,
    /// Names of the member's roles in the organization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// A second factor.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Factor {
    /// An authenticator app with its secret in base 32.
    Totp {
        /// The secret. An export cannot read it, so it is missing there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
    },
    /// Backup codes.
    BackupCode {
        /// The codes. An export cannot read them, so they are missing there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        codes: Option<Vec<String>>,
    },
    /// A passkey, which cannot be imported.
    WebAuthn {},
}

impl fmt::Debug for ImportedUser {
    /// Shows the label only: passwords and secrets must not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ImportedUser").field(&self.label()).finish()
    }
}

impl Factor {
    /// Returns the name of the kind.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Totp { .. } => "Totp",
            Self::BackupCode { .. } => "BackupCode",
            Self::WebAuthn {} => "WebAuthn",
        }
    }
}

impl fmt::Debug for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Longest text of a record in a message, in characters.
const LONGEST: usize = 80;

/// Returns the start of a text, for messages.
pub(super) fn cut(text: &str) -> &str {
    text.char_indices().nth(LONGEST).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

impl ImportedUser {
    /// Returns the ids of the user at social providers, by the target of the connector.
    pub(super) fn identity_ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.identities
            .iter()
            .filter_map(|(target, identity)| Some((target.as_str(), identity.get("userId")?.as_str()?)))
    }

    /// Returns what can identify the record in the journal, the best first.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        let kinds = [
            ("id", &self.id),
            ("email", &self.primary_email),
            ("phone", &self.primary_phone),
            ("username", &self.username),
        ];
        let known = kinds.into_iter().filter_map(|(kind, value)| Some(format!("{kind}:{}", value.as_ref()?)));
        let identity = || self.identity_ids().min().map(|(target, id)| format!("identity:{target}:{id}"));
        known.chain(std::iter::once_with(identity).flatten())
    }

    /// Returns what identifies the record for a person. It is the id, email address, username or phone number, cut at
    /// 80 characters.
    #[must_use]
    pub fn label(&self) -> &str {
        let known = [&self.id, &self.primary_email, &self.username, &self.primary_phone];
        known.into_iter().flatten().next().map_or("(no identifier)", |label| cut(label))
    }
}

/// A record with its location in the input.
#[derive(Clone, Debug)]
pub struct Item {
    /// File and line.
    pub location: String,
    /// The record.
    pub user: ImportedUser,
}

impl Item {
    /// Returns what identifies the record in the journal.
    #[must_use]
    pub fn key(&self) -> String {
        self.user.keys().next().unwrap_or_else(|| format!("location:{}", self.location))
    }
}
