//! Options for the conversion of records.

use std::collections::HashMap;
use std::fmt;

use clap::ValueEnum;
use logto_admin::FirebaseScrypt;

use super::column_mapping::Columns;
use crate::users::record::ImportedUser;

/// Treatment of email addresses and phone numbers that are not verified.
///
/// Logto treats the addresses of users that an administrator creates as verified. A person who signed up with the
/// address of somebody else would own it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Unverified {
    /// Keep them for signing in, with a warning.
    #[default]
    Keep,
    /// Move them to custom data. Users without another identifier cannot be imported then.
    CustomData,
}

/// Conversion of the groups of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Groups {
    /// A list in custom data.
    #[default]
    CustomData,
    /// Roles with the same names.
    Roles,
    /// Organizations with the same names.
    Organizations,
}

/// Options of the conversion.
#[derive(Clone, Default)]
pub struct SourceOptions {
    /// Parameters of Firebase's password hashes.
    pub firebase: Option<FirebaseScrypt>,
    /// Password hashes of Auth0 (bcrypt), by user id. An id is like `auth0|5dea9f9c82dd7c0e76e4ec93`. Their export is a
    /// file of its own, so it is kept in memory.
    pub auth0_hashes: HashMap<String, String>,
    /// Columns of a CSV file.
    pub columns: Columns,
    /// Conversion of groups.
    pub groups: Groups,
    /// Treatment of unverified addresses.
    pub unverified: Unverified,
    /// Country code of phone numbers that have none, such as `49`.
    pub country_code: Option<String>,
}

impl SourceOptions {
    /// Whether a user signs in with a password whose hash is missing. The file of hashes should have the hash.
    pub(in crate::users) fn lacks_auth0_hash(&self, user: &ImportedUser) -> bool {
        let of_database = user.id.as_ref().filter(|id| id.starts_with("auth0|"));
        user.password_digest.is_none()
            && !self.auth0_hashes.is_empty()
            && of_database.is_some_and(|id| !self.auth0_hashes.contains_key(id))
    }
}

impl fmt::Debug for SourceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceOptions")
            .field("firebase", &self.firebase)
            .field("auth0_hashes", &self.auth0_hashes.len())
            .field("columns", &self.columns)
            .field("groups", &self.groups)
            .field("unverified", &self.unverified)
            .field("country_code", &self.country_code)
            .finish()
    }
}
