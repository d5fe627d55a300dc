//! Webhooks that Logto sends: their signatures and what they carry.
//!
//! ```
//! use logto_admin::webhook;
//!
//! # fn handle(signing_key: &str, header: &str, body: &[u8]) -> Result<(), webhook::WebhookError> {
//! let delivery = webhook::receive(signing_key, header, body)?;
//! match delivery.event.as_str() {
//!     "User.Created" => println!("new user: {:?}", delivery.data),
//!     "PostSignIn" => println!("{:?} signed in", delivery.user_id),
//!     other => println!("{other}"),
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::types::{JsonObject, string_enum};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "logto-signature-sha-256";

/// Why a webhook is not accepted.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebhookError {
    /// The signature is not that of this body under this key: it is not from Logto, or has been changed on the way.
    Signature,
    /// The signature is right, and the body is not a webhook's.
    Body(serde_json::Error),
}

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature => f.write_str(
                "the signature does not fit: check the hook's signing key, and that the body is the raw one, not decoded and encoded again",
            ),
            Self::Body(error) => write!(f, "the body is not a webhook's: {error}"),
        }
    }
}

impl std::error::Error for WebhookError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Signature => None,
            Self::Body(error) => Some(error),
        }
    }
}

/// Verifies the signature of a webhook in constant time. `signature` is the value of the header
/// `logto-signature-sha-256`, `body` the raw body.
///
/// # Errors
/// [`WebhookError::Signature`].
pub fn verify(signing_key: &str, signature: &str, body: &[u8]) -> Result<(), WebhookError> {
    let signature = hex::decode(signature.trim()).map_err(|_| WebhookError::Signature)?;
    let mac = Hmac::<Sha256>::new_from_slice(signing_key.as_bytes()).map_err(|_| WebhookError::Signature)?;
    mac.chain_update(body).verify_slice(&signature).map_err(|_| WebhookError::Signature)
}

/// Verifies a webhook and reads it.
///
/// # Errors
/// A signature that does not fit, or a body that is not a webhook's.
pub fn receive(signing_key: &str, signature: &str, body: &[u8]) -> Result<Delivery, WebhookError> {
    verify(signing_key, signature, body)?;
    serde_json::from_slice(body).map_err(WebhookError::Body)
}

/// What a webhook carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The hook's id.
    pub hook_id: String,
    /// What happened.
    pub event: Event,
    /// When, as an ISO 8601 date.
    pub created_at: String,
    /// Of a sign-in: which step of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction_event: Option<String>,
    /// Of a sign-in: its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The user agent of the request that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The address from which that request came.
    #[serde(default, alias = "userIp", skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Of a sign-in: the user's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Of a sign-in: the user, with fewer members than the API gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<JsonObject>,
    /// Of a sign-in: the application's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Of a sign-in: the application's id, name and description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<JsonObject>,
    /// Of a change of data: what was created or changed; null after a deletion. [`Delivery::data_as`] reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Whatever else it carries, such as the API request that caused a change (`path`, `method`, `status`, `params`).
    #[serde(flatten)]
    pub extra: JsonObject,
}

impl Delivery {
    /// Reads `data` as a model: a `User` of `User.Created`, a `Role` of `Role.Data.Updated` and so on.
    /// `None` if there is none.
    ///
    /// # Errors
    /// The data is something else.
    pub fn data_as<T: DeserializeOwned>(&self) -> Result<Option<T>, WebhookError> {
        self.data.as_ref().map(T::deserialize).transpose().map_err(WebhookError::Body)
    }
}

string_enum! {
    /// What a webhook tells of.
    pub enum Event {
        /// Someone registered.
        PostRegister = "PostRegister",
        /// Someone signed in.
        PostSignIn = "PostSignIn",
        /// A sign-in looked unusual enough to ask for a second factor.
        PostSignInAdaptiveMfaTriggered = "PostSignInAdaptiveMfaTriggered",
        /// Someone set a new password in place of a forgotten one.
        PostResetPassword = "PostResetPassword",
        /// There is a new user.
        UserCreated = "User.Created",
        /// A user is gone.
        UserDeleted = "User.Deleted",
        /// A user's data changed.
        UserDataUpdated = "User.Data.Updated",
        /// A user was suspended or let in again.
        UserSuspensionStatusUpdated = "User.SuspensionStatus.Updated",
        /// There is a new role.
        RoleCreated = "Role.Created",
        /// A role is gone.
        RoleDeleted = "Role.Deleted",
        /// A role's name or description changed.
        RoleDataUpdated = "Role.Data.Updated",
        /// A role grants other scopes.
        RoleScopesUpdated = "Role.Scopes.Updated",
        /// There is a new scope of an API resource.
        ScopeCreated = "Scope.Created",
        /// A scope of an API resource is gone.
        ScopeDeleted = "Scope.Deleted",
        /// A scope of an API resource changed.
        ScopeDataUpdated = "Scope.Data.Updated",
        /// There is a new organization.
        OrganizationCreated = "Organization.Created",
        /// An organization is gone.
        OrganizationDeleted = "Organization.Deleted",
        /// An organization's data changed.
        OrganizationDataUpdated = "Organization.Data.Updated",
        /// Members joined or left an organization.
        OrganizationMembershipUpdated = "Organization.Membership.Updated",
        /// There is a new organization role.
        OrganizationRoleCreated = "OrganizationRole.Created",
        /// An organization role is gone.
        OrganizationRoleDeleted = "OrganizationRole.Deleted",
        /// An organization role's name or description changed.
        OrganizationRoleDataUpdated = "OrganizationRole.Data.Updated",
        /// An organization role grants other scopes.
        OrganizationRoleScopesUpdated = "OrganizationRole.Scopes.Updated",
        /// There is a new organization scope.
        OrganizationScopeCreated = "OrganizationScope.Created",
        /// An organization scope is gone.
        OrganizationScopeDeleted = "OrganizationScope.Deleted",
        /// An organization scope changed.
        OrganizationScopeDataUpdated = "OrganizationScope.Data.Updated",
        /// Someone failed to sign in too often, and has to wait.
        IdentifierLockout = "Identifier.Lockout",
        /// Too many messages were sent to a recipient.
        MessageRateLimited = "Message.RateLimited",
        /// A user's grants for an application reached their limit.
        GrantLimitExceeded = "Grant.LimitExceeded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "signing-key";
    const BODY: &[u8] = br#"{"hookId":"h1","event":"User.Created","createdAt":"2026-11-24T03:00:00.000Z","data":{"id":"u1"},"method":"POST","params":{}}"#;

    fn sign(body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        hex::encode(mac.chain_update(body).finalize().into_bytes())
    }

    #[test]
    fn the_signature_is_the_hex_hmac_of_the_raw_body() {
        // A known answer, made with openssl: echo -n '{"a":1}' | openssl dgst -sha256 -hmac key
        let known = "88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342";
        assert!(verify("key", known, br#"{"a":1}"#).is_ok());
        assert!(verify(KEY, &sign(BODY), BODY).is_ok());
    }

    #[test]
    fn a_changed_body_key_or_signature_is_refused() {
        let signature = sign(BODY);
        assert!(verify("another", &signature, BODY).is_err());
        assert!(verify(KEY, &signature, b"{}").is_err());
        for wrong in ["", "zz", &signature[..10], &signature.replace('a', "b")] {
            assert!(verify(KEY, wrong, BODY).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_delivery_is_read_and_written_back_whole() {
        let delivery = receive(KEY, &sign(BODY), BODY).unwrap();
        assert_eq!(delivery.event, Event::UserCreated);
        assert_eq!(delivery.data_as::<Value>().unwrap().unwrap()["id"], "u1");
        assert_eq!(serde_json::to_value(&delivery).unwrap(), serde_json::from_slice::<Value>(BODY).unwrap());
    }

    #[test]
    fn a_signed_body_that_is_no_webhook_is_told_apart() {
        assert!(matches!(receive(KEY, &sign(b"[]"), b"[]"), Err(WebhookError::Body(_))));
    }
}
