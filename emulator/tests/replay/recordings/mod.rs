//! The recordings, their missing requests and their intended differences.

pub(crate) mod exchanges;
pub(crate) mod whole;

use logto_admin::transport::Method::{self, Post};
use logto_admin_emulator::Service;

use crate::steps::Step;

/// Exchanges of one server, in order.
pub(crate) struct Recording {
    /// The file, below the fixtures.
    pub(crate) file: &'static str,
    pub(crate) unrecorded: &'static [Unrecorded],
    /// The services that the recorder configured before an exchange.
    pub(crate) services: &'static [(u64, Service)],
    /// The recorded id of the application that calls the Management API.
    pub(crate) manager: &'static str,
    /// The first and the last exchange of sign-ins with all their steps.
    pub(crate) sign_ins: (u64, u64),
    /// The application that the users sign in to.
    pub(crate) web: Web,
    /// Token requests with an earlier refresh token than the last one. The values are their number, and that of the
    /// exchange that returned the refresh token.
    pub(crate) refreshes: &'static [(u64, u64)],
    /// Steps of the users in their browsers before an exchange.
    pub(crate) steps: &'static [(u64, Step)],
    /// The callers of account operations. The values are first and last exchange, and the recorded id of the user.
    pub(crate) callers: &'static [(u64, u64, &'static str)],
    /// Intended differences, by exchange number, and their reasons.
    pub(crate) different: &'static [(u64, &'static str)],
}

/// An application that users sign in to.
pub(crate) struct Web {
    /// The recorded id. Empty if the recording does not contain it.
    pub(crate) id: &'static str,
    pub(crate) redirect_uri: &'static str,
    pub(crate) scopes: &'static str,
}

/// A request that was made while recording but is not in the recordings.
pub(crate) struct Unrecorded {
    /// The number of the exchange before which the request must be made.
    pub(crate) before: u64,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
    /// The recorded id of the created entity. Empty if the entity has no id.
    pub(crate) id: &'static str,
}

const fn creates(before: u64, path: &'static str, body: &'static str, id: &'static str) -> Unrecorded {
    Unrecorded { before, method: Post, path, body, id }
}

const fn relates(before: u64, method: Method, path: &'static str, body: &'static str) -> Unrecorded {
    Unrecorded { before, method, path, body, id: "" }
}

impl Recording {
    /// Returns the recorded id of the user who calls account operations.
    pub(crate) fn caller(&self, seq: u64) -> Option<&'static str> {
        self.callers.iter().find(|(first, last, _)| (*first..=*last).contains(&seq)).map(|(_, _, user)| *user)
    }

    pub(crate) fn is_different(&self, seq: u64) -> bool {
        self.different.iter().any(|(different, _)| *different == seq)
    }
}
