//! A sign-in to a SAML application.

use serde::{Deserialize, Serialize};

/// A sign-in that a service provider has started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SamlSession {
    pub application: String,
    /// The id of the request.
    pub request: String,
    /// Value that the response must return to the service provider.
    pub relay_state: Option<String>,
    /// The state of the authorization request.
    pub state: String,
    /// Milliseconds since the epoch.
    pub expires_at: i64,
}
