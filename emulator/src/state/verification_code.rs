//! A verification code, and what it is for.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::message::Recipient;

/// A code that has been sent and not used yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub recipient: Recipient,
    pub purpose: Purpose,
    pub code: String,
    /// Milliseconds since the epoch. Codes in files of earlier releases lack it, and have expired.
    #[serde(default)]
    pub sent_at: i64,
    pub tries: u32,
}

/// Purpose of a code. A code that was sent for one purpose is unknown for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Purpose {
    /// The usage type of the template, such as `SignIn`.
    pub usage: Cow<'static, str>,
    /// The interaction or session that asked for the code. Empty outside of one.
    pub session: String,
}
