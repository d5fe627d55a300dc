//! Authorization requests.

use serde::{Deserialize, Serialize};

use super::client::Client;
use crate::http::request::Query;

/// The scopes that are not scopes of a resource.
pub(crate) const SCOPES: [&str; 12] = [
    "openid",
    "offline_access",
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
    "urn:logto:scope:organizations",
    "urn:logto:scope:organization_roles",
    "urn:logto:scope:sessions",
];

/// A valid authorization request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Authorization {
    pub client: Client,
    pub parameters: Query,
    /// Target of the response. Empty if a device waits for it.
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    /// The indicators of the requested resources.
    pub resources: Vec<String>,
    /// The code of the device that waits for the response.
    pub device_code: Option<String>,
}

impl Authorization {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).filter(|value| !value.is_empty())
    }

    /// Returns whether the `prompt` parameter contains a word.
    pub(crate) fn prompts(&self, prompt: &str) -> bool {
        self.parameter("prompt").unwrap_or_default().split(' ').any(|word| word == prompt)
    }

    /// Returns the requested scopes that are not scopes of a resource.
    pub(crate) fn own_scopes(&self) -> Vec<String> {
        let known = |scope: &&String| SCOPES.contains(&scope.as_str());
        self.scopes.iter().filter(known).cloned().collect()
    }
}
