//! Issued codes and tokens.

use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

use super::client::Client;

/// An opaque access token, which is for the user's own account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub user: String,
    pub client: String,
    pub scope: String,
    pub grant: String,
    /// The session in which the user signed in, if they did.
    pub session: Option<String>,
    /// Whether the token ends with the session.
    #[serde(default)]
    pub is_bound: bool,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}

/// The answer to an authorization request. Codes and refresh tokens represent it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Authorized {
    pub client: String,
    pub user: String,
    pub grant: String,
    /// The requested scopes that the user has granted, of resources and others.
    pub scopes: Vec<String>,
    /// The indicators of the requested resources.
    pub resources: Vec<String>,
    pub nonce: Option<String>,
    /// The time of the sign-in in seconds, if the client asked for it.
    pub auth_time: Option<i64>,
    pub session: Option<String>,
}

impl Authorized {
    /// Returns whether the tokens end with the session. Without `offline_access`, they do.
    pub(crate) fn is_bound(&self) -> bool {
        self.session.is_some() && !self.scopes.iter().any(|scope| scope == "offline_access")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub authorized: Authorized,
    pub redirect_uri: String,
    /// The challenge of the proof key (PKCE).
    pub challenge: Option<String>,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub used: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    pub authorized: Authorized,
    /// The time of the first token, which this one replaces. Milliseconds since the epoch. Files of earlier releases
    /// lack it.
    #[serde(default)]
    pub began_at: Option<i64>,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    /// Time of the exchange that replaced the token, in milliseconds since the epoch.
    #[serde(default)]
    pub used_at: Option<i64>,
}

impl RefreshToken {
    /// Time for another exchange of a token that was replaced, in milliseconds. Clients refresh concurrently.
    const REUSE: i64 = 3000;

    /// Age from which tokens are not replaced, in milliseconds: one year.
    const LONGEST: i64 = 31_557_600_000;

    /// Returns the time of the first token.
    pub(crate) fn began_at(&self) -> i64 {
        self.began_at.unwrap_or(self.issued_at)
    }

    /// Returns whether an exchange replaces the token. Clients with a secret keep it for most of its life.
    pub(crate) fn rotates(&self, client: &Client, now: i64) -> bool {
        let is_old = (now - self.issued_at) * 10 >= (self.expires_at - self.issued_at) * 7;
        client.rotates_refresh_tokens() && now - self.began_at() < Self::LONGEST && (client.is_public() || is_old)
    }

    /// Returns whether the token was replaced and can no longer be exchanged.
    pub(crate) fn is_spent(&self, now: i64) -> bool {
        self.used_at.is_some_and(|used_at| now.saturating_sub(used_at) > Self::REUSE)
    }
}

/// A token that an application exchanges for an access token of a user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SubjectToken {
    pub user: String,
    /// Data for scripts.
    #[serde(default)]
    pub context: Value,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}
