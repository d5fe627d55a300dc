//! The token of a renewal, and what the renewal needs to know before.

use std::time::Duration;

use super::AccessToken;

/// A token that a renewal returned.
#[derive(Debug)]
pub struct Obtained {
    /// The token.
    pub token: AccessToken,
    /// How old it is.
    pub age: Duration,
    /// Whether it comes from a store.
    pub stored: bool,
}

/// Earlier tokens that a renewal needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// The token that is still valid.
    pub living: Option<AccessToken>,
    /// The token that the API rejected.
    pub refused: Option<AccessToken>,
}
