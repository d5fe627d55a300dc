//! Devices without a browser that wait for their users.

use serde::{Deserialize, Serialize};

use super::authorization::Authorization;
use super::tokens::Authorized;

/// A device that waits for its user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Device {
    pub client: String,
    /// The code that the user enters.
    pub user_code: String,
    pub authorization: Authorization,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub answer: Answer,
    /// Whether a user has entered the code.
    #[serde(default)]
    pub entered: bool,
}

/// The form in which a user enters the code of a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Form {
    /// Other pages cannot know it.
    pub secret: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Pending,
    Denied,
    Approved(Box<Authorized>),
    /// The device has its tokens. They belong to this grant.
    Used(String),
}
