//! Applications as clients of the provider.

use logto_admin::serde_json::Value;
use serde::{Deserialize, Serialize};

use crate::record::Members;

pub(crate) const CODE: &str = "authorization_code";
pub(crate) const REFRESH: &str = "refresh_token";
pub(crate) const CREDENTIALS: &str = "client_credentials";
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant types that clients can have.
pub(crate) const GRANTS: [&str; 5] = [CODE, REFRESH, CREDENTIALS, DEVICE, EXCHANGE];

/// An application as a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub id: String,
    /// The type of the application.
    pub kind: String,
    pub is_third_party: bool,
    /// The settings in `customClientMetadata`.
    pub settings: Members,
    pub redirect_uris: Vec<String>,
    pub post_logout_redirect_uris: Vec<String>,
    /// Target of the requests about ended sessions.
    #[serde(default)]
    pub backchannel_logout_uri: Option<String>,
    /// Whether these requests must name the session.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
}

impl Client {
    fn is_set(&self, setting: &str) -> Option<bool> {
        self.settings.get(setting).and_then(Value::as_bool)
    }

    /// Returns a setting that is a number.
    pub(crate) fn number(&self, setting: &str) -> Option<i64> {
        self.settings.get(setting).and_then(Value::as_f64).map(|number| number as i64)
    }

    /// Returns the origins that pages may have besides those of the redirect URIs.
    pub(crate) fn allowed_origins(&self) -> impl Iterator<Item = &str> {
        let given = self.settings.get("corsAllowedOrigins").and_then(Value::as_array);
        given.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Whether the application cannot keep a secret. It then does not authenticate.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.kind.as_str(), "Native" | "SPA")
    }

    /// Whether tokens for the application name the session. It can then end the session itself.
    pub(crate) const fn names_sessions(&self) -> bool {
        self.backchannel_logout_uri.is_some() && self.backchannel_logout_session_required
    }

    pub(crate) fn uses_device_flow(&self) -> bool {
        self.is_set("isDeviceFlow") == Some(true)
    }

    pub(crate) fn always_refreshes(&self) -> bool {
        self.is_set("alwaysIssueRefreshToken") == Some(true)
    }

    pub(crate) fn rotates_refresh_tokens(&self) -> bool {
        self.is_set("rotateRefreshToken") != Some(false)
    }

    /// Returns whether the application may use a grant type.
    pub(crate) fn may(&self, grant: &str) -> bool {
        let signs_in = !matches!(self.kind.as_str(), "MachineToMachine" | "SAML");
        match grant {
            CREDENTIALS => self.kind == "MachineToMachine",
            EXCHANGE => self.is_set("allowTokenExchange") == Some(true) && !self.is_third_party,
            DEVICE => signs_in && self.uses_device_flow(),
            CODE => (signs_in || self.kind == "SAML") && !self.uses_device_flow(),
            REFRESH => signs_in,
            _ => false,
        }
    }
}
