//! Whether usernames that differ in case only are the same.

use std::borrow::Cow;

use logto_admin::Client;
use logto_admin::serde_json::Value;

use crate::failure::Result;

/// Whether a tenant distinguishes usernames by case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsernameCase {
    /// Usernames that differ in case belong to different users.
    #[default]
    Matters,
    /// Usernames that differ in case are the same.
    Ignored,
}

impl UsernameCase {
    /// Reads the setting. Older releases do not have it: case matters. It also does without the permission to read it, because
    /// that is the default.
    ///
    /// # Errors
    /// Fails like any call.
    pub async fn load(client: &Client) -> Result<Self> {
        let experience = match client.operation("GetSignInExp")?.await {
            Err(error) if error.is_forbidden() => return Ok(Self::Matters),
            experience => experience?,
        };
        let is_ignored = experience.pointer("/usernamePolicy/caseSensitive") == Some(&Value::Bool(false));
        Ok(if is_ignored { Self::Ignored } else { Self::Matters })
    }

    /// Returns a username in the form that is the same for all usernames of a user.
    pub(crate) fn compared(self, username: &str) -> Cow<'_, str> {
        match self {
            Self::Matters => username.into(),
            Self::Ignored => username.to_lowercase().into(),
        }
    }
}
