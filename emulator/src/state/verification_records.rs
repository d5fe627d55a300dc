//! Verification records: proofs that users know a password or receive messages.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::crypto::webauthn::{Challenge, Credential};
use crate::ids::Ids;
use crate::record::Members;
use crate::state::messages::Recipient;

/// The lifetime of a record, in milliseconds.
const LIFETIME: i64 = 600_000;

/// A verification record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Verification {
    /// The user that the record proves something about. A record of a new email address has none.
    pub user: Option<String>,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
    pub is_verified: bool,
    pub kind: Kind,
}

/// Subject of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Kind {
    Password,
    /// A code that was sent to an address. `usage` is the usage type of the message.
    Code {
        recipient: Recipient,
        usage: Cow<'static, str>,
    },
    /// An authorization at a social provider, and the profile that it led to.
    Social {
        connector: String,
        found: Option<Members>,
    },
    Passkey {
        challenge: Challenge,
        credential: Option<Credential>,
    },
}

impl Kind {
    /// Returns whether a record of this kind proves that a user is present. Others only prove what a user adds.
    fn is_proof(&self) -> bool {
        match self {
            Self::Password => true,
            Self::Code { usage, .. } => usage == "UserPermissionValidation",
            _ => false,
        }
    }
}

impl Verification {
    pub(crate) fn is_of(&self, user: &str) -> bool {
        self.user.as_deref() == Some(user)
    }
}

/// All records by id.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Verifications(HashMap<String, Verification>);

impl Verifications {
    /// Adds a record. Returns its id and its expiry.
    pub(crate) fn add(&mut self, ids: &mut Ids, now: i64, user: Option<String>, kind: Kind) -> (String, i64) {
        self.0.retain(|_, record| record.expires_at > now);
        let (id, expires_at) = (ids.id(21), now.saturating_add(LIFETIME));
        let is_verified = matches!(kind, Kind::Password);
        self.0.insert(id.clone(), Verification { user, expires_at, is_verified, kind });
        (id, expires_at)
    }

    /// Returns a record that has not expired.
    pub(crate) fn get_mut(&mut self, id: &str, now: i64) -> Option<&mut Verification> {
        self.0.get_mut(id).filter(|record| record.expires_at > now)
    }

    /// Returns a record that has not expired and is verified.
    pub(crate) fn verified(&self, id: &str, now: i64) -> Option<&Verification> {
        self.0.get(id).filter(|record| record.expires_at > now && record.is_verified)
    }

    /// Returns whether the record proves that the user is present.
    pub(crate) fn proves(&self, id: &str, user: &str, now: i64) -> bool {
        self.verified(id, now).is_some_and(|record| record.kind.is_proof() && record.is_of(user))
    }
}
