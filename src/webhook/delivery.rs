use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::WebhookError;
use crate::models::HookEvent;
use crate::types::JsonObject;

/// The content of a webhook. [`Delivery::change`] returns a typed view of what happened.
///
/// Each event fills only some of the members; see [`Change`](super::Change).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Id of the webhook.
    pub hook_id: String,
    /// The event that triggered the delivery.
    pub event: HookEvent,
    /// Time of the event, in ISO 8601. With the feature `jiff`, `time()` parses it.
    pub created_at: String,
    /// Sign-in events: the kind of interaction, such as `SignIn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interaction_event: Option<String>,
    /// Sign-in events: id of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// User agent of the request that caused the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// IP address of the request that caused the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Sign-in events: IP address of the user. Other events use `ip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ip: Option<String>,
    /// Sign-in events: id of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// Sign-in events: the user, with fewer members than the API returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<JsonObject>,
    /// Sign-in events: id of the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Sign-in events: id, type, name and description of the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<JsonObject>,
    /// Management API events: path of the request, without `/api`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Management API events: method of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Management API events: status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Management API events: path parameters of the request, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<JsonObject>,
    /// Management API events: route that the request matched, such as `/users/:userId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_route: Option<String>,
    /// Membership events: id of the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<String>,
    /// Membership events: ids of the users that joined. At most 5000 ids; absent without such ids, and from older servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_user_ids: Option<Vec<String>>,
    /// Membership events: ids of the users that left. At most 5000 ids; absent without such ids, and from older servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_user_ids: Option<Vec<String>>,
    /// Membership events: ids of the applications that joined. At most 5000 ids; absent without such ids, and from
    /// older servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_application_ids: Option<Vec<String>>,
    /// Membership events: ids of the applications that left. At most 5000 ids; absent without such ids, and from
    /// older servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_application_ids: Option<Vec<String>>,
    /// Id of the role, if scopes were assigned when the role was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_id: Option<String>,
    /// Id of the organization role, if scopes were assigned when the role was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_role_id: Option<String>,
    /// Data events: response body of the request that caused the event. Its meaning depends on the event and on the
    /// route: for `PATCH /users/:userId/custom-data` it is the custom data, which a user might be able to edit. Use
    /// [`Delivery::change`] or [`Delivery::data_as`] rather than this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// All other members.
    #[serde(flatten)]
    pub extra: JsonObject,
}

impl Delivery {
    /// Returns the time of the event: [`created_at`](Self::created_at) as a timestamp. `None` if it is not a time.
    ///
    /// Compare it with the current time to reject old deliveries, as the signature covers it.
    #[cfg(feature = "jiff")]
    #[must_use]
    pub fn time(&self) -> Option<crate::Timestamp> {
        self.created_at.parse::<jiff::Timestamp>().ok().map(Into::into)
    }

    /// Parses `data` as the entity of the event.
    ///
    /// The entity is a `User` for `User.Created`, and a `Role` for `Role.Data.Updated`. Returns `None` if `data` is not
    /// that entity. This is the case for a test delivery, after most deletions, and if only the custom data or the
    /// profile of a user changed.
    ///
    /// # Errors
    /// [`WebhookError::Body`] if the entity does not match the type.
    pub fn data_as<T: DeserializeOwned>(&self) -> Result<Option<T>, WebhookError> {
        self.record().map(|data| T::deserialize(data)).transpose().map_err(|error| WebhookError::body(&error))
    }
}

#[cfg(all(test, feature = "jiff"))]
mod tests {
    use super::*;

    fn created_at(time: &str) -> Option<crate::Timestamp> {
        let body = serde_json::json!({ "hookId": "h1", "event": "User.Created", "createdAt": time });
        serde_json::from_value::<Delivery>(body).unwrap().time()
    }

    #[test]
    fn the_time_of_an_event_is_parsed_if_it_is_a_time() {
        assert_eq!(created_at("2026-11-24T03:00:00.123Z"), Some(crate::Timestamp::from_millis(1_795_489_200_123)));
        assert_eq!(created_at("yesterday"), None);
    }
}
