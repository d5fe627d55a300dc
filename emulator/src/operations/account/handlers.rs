use super::{factors, identifiers, passkeys, profile, social, verifications};
use crate::operations::Handler;

/// The handlers of the account API.
pub(in super::super) const ALL: &[&[(&str, Handler)]] =
    &[profile::ALL, verifications::ALL, factors::ALL, identifiers::ALL, passkeys::ALL, social::ALL];
