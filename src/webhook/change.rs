use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Delivery, WebhookError};
use crate::types::JsonObject;

/// Change that a delivery reports. Returned by [`Delivery::change`].
///
/// The ids come from the path of the request that caused the event where there is one, never from content that users
/// can edit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// A test delivery, sent from the Logto console or by [`hooks().test(..)`](crate::api). Nothing happened; answer
    /// with 200.
    Test,
    /// A user registered, signed in, reset the password, or needed a second factor. Adaptive MFA asks for the second
    /// factor. The events are `PostRegister`, `PostSignIn`, `PostResetPassword` and `PostSignInAdaptiveMfaTriggered`.
    Interaction(Interaction<'a>),
    /// `User.Created`.
    UserCreated(Record<'a>),
    /// `User.Data.Updated` with the whole user.
    UserUpdated(Record<'a>),
    /// `User.Data.Updated`, where only the custom data changed.
    UserCustomDataUpdated {
        /// Id of the user.
        user_id: &'a str,
        /// The custom data after the change.
        custom_data: &'a Value,
    },
    /// `User.Data.Updated`, where only the profile changed.
    UserProfileUpdated {
        /// Id of the user.
        user_id: &'a str,
        /// The profile after the change.
        profile: &'a Value,
    },
    /// `User.SuspensionStatus.Updated`.
    UserSuspensionUpdated(Record<'a>),
    /// `User.Deleted`. The record is the user before the deletion.
    UserDeleted(Record<'a>),
    /// `Role.Created`.
    RoleCreated(Record<'a>),
    /// `Role.Data.Updated`.
    RoleUpdated(Record<'a>),
    /// `Role.Scopes.Updated`.
    RoleScopesUpdated {
        /// Id of the role.
        role_id: &'a str,
    },
    /// `Role.Deleted`. There is no record.
    RoleDeleted(Record<'a>),
    /// `Scope.Created`: a scope of an API resource.
    ScopeCreated {
        /// Id of the API resource.
        resource_id: &'a str,
        /// The scope.
        scope: Record<'a>,
    },
    /// `Scope.Data.Updated`: a scope of an API resource.
    ScopeUpdated {
        /// Id of the API resource.
        resource_id: &'a str,
        /// The scope.
        scope: Record<'a>,
    },
    /// `Scope.Deleted`: a scope of an API resource. There is no record.
    ScopeDeleted {
        /// Id of the API resource.
        resource_id: &'a str,
        /// The scope.
        scope: Record<'a>,
    },
    /// `Organization.Created`.
    OrganizationCreated(Record<'a>),
    /// `Organization.Data.Updated`.
    OrganizationUpdated(Record<'a>),
    /// `Organization.Deleted`. There is no record.
    OrganizationDeleted(Record<'a>),
    /// `Organization.Membership.Updated`.
    OrganizationMembershipUpdated(Membership<'a>),
    /// `OrganizationRole.Created`.
    OrganizationRoleCreated(Record<'a>),
    /// `OrganizationRole.Data.Updated`.
    OrganizationRoleUpdated(Record<'a>),
    /// `OrganizationRole.Scopes.Updated`.
    OrganizationRoleScopesUpdated {
        /// Id of the organization role.
        role_id: &'a str,
    },
    /// `OrganizationRole.Deleted`. There is no record.
    OrganizationRoleDeleted(Record<'a>),
    /// `OrganizationScope.Created`.
    OrganizationScopeCreated(Record<'a>),
    /// `OrganizationScope.Data.Updated`.
    OrganizationScopeUpdated(Record<'a>),
    /// `OrganizationScope.Deleted`. There is no record.
    OrganizationScopeDeleted(Record<'a>),
    /// `Identifier.Lockout`: too many failed attempts to sign in.
    IdentifierLocked {
        /// Kind of the identifier: `username`, `email`, `phone` or `userId`.
        kind: &'a str,
        /// The identifier.
        value: &'a str,
    },
    /// `Message.RateLimited`: a message was not sent, because its recipient got too many.
    MessageRateLimited {
        /// Email address or phone number of the recipient.
        recipient: &'a str,
    },
    /// `Grant.LimitExceeded`: a user's oldest grants for an application were revoked.
    GrantLimitExceeded {
        /// Id of the user.
        user_id: &'a str,
        /// Id of the application.
        application_id: Option<&'a str>,
        /// Ids of the revoked grants.
        revoked_grant_ids: Vec<&'a str>,
    },
    /// An event that this client does not support, or that lacks members of its kind. See [`Delivery::event`] and
    /// [`Delivery::extra`].
    Other,
}

/// The entity of a data event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// Id of the entity.
    pub id: &'a str,
    /// The entity as the server sent it. `None` after most deletions, and if the server sent something else.
    pub data: Option<&'a JsonObject>,
}

impl Record<'_> {
    /// Parses the entity: a `User` of a user event, a `Role` of a role event. Returns `None` if there is no data.
    ///
    /// # Errors
    /// [`WebhookError::Body`] if the entity does not match the type.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<Option<T>, WebhookError> {
        self.data.map(|data| T::deserialize(data)).transpose().map_err(|error| WebhookError::body(&error))
    }
}

/// A sign-in event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interaction<'a> {
    /// Id of the user.
    pub user_id: &'a str,
    /// The user, with fewer members than the API returns.
    pub user: Option<&'a JsonObject>,
    /// Id of the application that the user signed in to.
    pub application_id: Option<&'a str>,
    /// Id of the session.
    pub session_id: Option<&'a str>,
}

/// The change of an organization's members. Servers before the release that introduced them send no member ids. All
/// four lists are then empty, and you have to list the members of the organization. Each list has at most 5000 ids.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership<'a> {
    /// Id of the organization.
    pub organization_id: &'a str,
    /// Ids of the users that joined.
    pub added_user_ids: &'a [String],
    /// Ids of the users that left.
    pub removed_user_ids: &'a [String],
    /// Ids of the applications that joined.
    pub added_application_ids: &'a [String],
    /// Ids of the applications that left.
    pub removed_application_ids: &'a [String],
}

impl Delivery {
    /// Returns a typed view of what happened, with the ids of the entities concerned.
    ///
    /// ```
    /// # use logto_admin::webhook::{Change, Delivery};
    /// fn sync(delivery: &Delivery) {
    ///     match delivery.change() {
    ///         Change::UserCreated(user) | Change::UserUpdated(user) => println!("{}: {:?}", user.id, user.data),
    ///         Change::UserCustomDataUpdated { user_id, .. } => println!("{user_id}: new custom data"),
    ///         Change::UserDeleted(user) => println!("{} is gone", user.id),
    ///         _ => {}
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn change(&self) -> Change<'_> {
        if self.is_test() { Change::Test } else { self.known_change().unwrap_or(Change::Other) }
    }

    /// Whether this is a test delivery, sent from the Logto console or through the API. Its content is made up.
    #[must_use]
    pub fn is_test(&self) -> bool {
        let fake_request = self.path.as_deref().is_some_and(|path| path.starts_with("/fake-path/"));
        let fake_user = self.user_id.as_deref() == Some("fake-id");
        fake_request || (fake_user && self.session_id.as_deref() == Some("fake-session-id"))
    }

    fn known_change(&self) -> Option<Change<'_>> {
        Some(match self.event.as_str() {
            "PostRegister" | "PostSignIn" | "PostResetPassword" | "PostSignInAdaptiveMfaTriggered" => {
                Change::Interaction(self.interaction()?)
            }
            "User.Created" => Change::UserCreated(self.created()?),
            "User.Data.Updated" => self.user_update()?,
            "User.SuspensionStatus.Updated" => Change::UserSuspensionUpdated(self.existing("userId")?),
            "User.Deleted" => Change::UserDeleted(self.existing("userId")?),
            "Role.Created" => Change::RoleCreated(self.created()?),
            "Role.Data.Updated" => Change::RoleUpdated(self.existing("id")?),
            "Role.Scopes.Updated" => {
                Change::RoleScopesUpdated { role_id: self.role_id.as_deref().or_else(|| self.param("id"))? }
            }
            "Role.Deleted" => Change::RoleDeleted(self.existing("id")?),
            "Scope.Created" => Change::ScopeCreated { resource_id: self.param("resourceId")?, scope: self.created()? },
            "Scope.Data.Updated" => {
                Change::ScopeUpdated { resource_id: self.param("resourceId")?, scope: self.existing("scopeId")? }
            }
            "Scope.Deleted" => {
                Change::ScopeDeleted { resource_id: self.param("resourceId")?, scope: self.existing("scopeId")? }
            }
            "Organization.Created" => Change::OrganizationCreated(self.created()?),
            "Organization.Data.Updated" => Change::OrganizationUpdated(self.existing("id")?),
            "Organization.Deleted" => Change::OrganizationDeleted(self.existing("id")?),
            "Organization.Membership.Updated" => Change::OrganizationMembershipUpdated(self.membership()?),
            "OrganizationRole.Created" => Change::OrganizationRoleCreated(self.created()?),
            "OrganizationRole.Data.Updated" => Change::OrganizationRoleUpdated(self.existing("id")?),
            "OrganizationRole.Scopes.Updated" => Change::OrganizationRoleScopesUpdated {
                role_id: self.organization_role_id.as_deref().or_else(|| self.param("id"))?,
            },
            "OrganizationRole.Deleted" => Change::OrganizationRoleDeleted(self.existing("id")?),
            "OrganizationScope.Created" => Change::OrganizationScopeCreated(self.created()?),
            "OrganizationScope.Data.Updated" => Change::OrganizationScopeUpdated(self.existing("id")?),
            "OrganizationScope.Deleted" => Change::OrganizationScopeDeleted(self.existing("id")?),
            "Identifier.Lockout" => Change::IdentifierLocked { kind: self.text("type")?, value: self.text("value")? },
            "Message.RateLimited" => Change::MessageRateLimited { recipient: self.text("recipient")? },
            "Grant.LimitExceeded" => Change::GrantLimitExceeded {
                user_id: self.user_id.as_deref()?,
                application_id: self.application_id.as_deref(),
                revoked_grant_ids: self.texts("revokedGrantIds"),
            },
            _ => return None,
        })
    }

    /// Returns the entity of the event, if `data` is it and does not merely look like it.
    pub(super) fn record(&self) -> Option<&JsonObject> {
        match self.change() {
            Change::UserCreated(record)
            | Change::UserUpdated(record)
            | Change::UserSuspensionUpdated(record)
            | Change::UserDeleted(record)
            | Change::RoleCreated(record)
            | Change::RoleUpdated(record)
            | Change::RoleDeleted(record)
            | Change::OrganizationCreated(record)
            | Change::OrganizationUpdated(record)
            | Change::OrganizationDeleted(record)
            | Change::OrganizationRoleCreated(record)
            | Change::OrganizationRoleUpdated(record)
            | Change::OrganizationRoleDeleted(record)
            | Change::OrganizationScopeCreated(record)
            | Change::OrganizationScopeUpdated(record)
            | Change::OrganizationScopeDeleted(record)
            | Change::ScopeCreated { scope: record, .. }
            | Change::ScopeUpdated { scope: record, .. }
            | Change::ScopeDeleted { scope: record, .. } => record.data,
            _ => None,
        }
    }

    /// Returns the change of a user. After an update through the Management API, the path contains the user's id, and
    /// `data` is the answer of that route. After all other updates (account API, sign-in), `data` is the user.
    fn user_update(&self) -> Option<Change<'_>> {
        if self.path.is_none() && self.matched_route.is_none() {
            return self.created().map(Change::UserUpdated);
        }
        let record = self.existing("userId")?;
        let (user_id, data) = (record.id, self.data.as_ref().unwrap_or(&Value::Null));
        match self.last_segment()? {
            "custom-data" => Some(Change::UserCustomDataUpdated { user_id, custom_data: data }),
            "profile" => Some(Change::UserProfileUpdated { user_id, profile: data }),
            ":userId" | "password" => Some(Change::UserUpdated(record)),
            last if last == user_id && self.matched_route.is_none() => Some(Change::UserUpdated(record)),
            _ => Some(Change::UserUpdated(Record { id: user_id, data: None })),
        }
    }

    fn last_segment(&self) -> Option<&str> {
        self.matched_route.as_deref().or(self.path.as_deref())?.rsplit('/').next()
    }

    fn interaction(&self) -> Option<Interaction<'_>> {
        let application = || self.application.as_ref().and_then(|application| application.get("id")?.as_str());
        Some(Interaction {
            user_id: self.user_id.as_deref()?,
            user: self.user.as_ref(),
            application_id: self.application_id.as_deref().or_else(application),
            session_id: self.session_id.as_deref(),
        })
    }

    fn membership(&self) -> Option<Membership<'_>> {
        Some(Membership {
            organization_id: self.organization_id.as_deref().or_else(|| self.organization_in_path())?,
            added_user_ids: self.added_user_ids.as_deref().unwrap_or_default(),
            removed_user_ids: self.removed_user_ids.as_deref().unwrap_or_default(),
            added_application_ids: self.added_application_ids.as_deref().unwrap_or_default(),
            removed_application_ids: self.removed_application_ids.as_deref().unwrap_or_default(),
        })
    }

    /// Returns the id in the path of an organization. Other paths, such as that of an invitation, have ids too.
    fn organization_in_path(&self) -> Option<&str> {
        let route = self.matched_route.as_deref().or(self.path.as_deref())?;
        self.param("id").filter(|_| route.starts_with("/organizations/"))
    }

    /// Returns the entity in `data`, which contains its id.
    fn created(&self) -> Option<Record<'_>> {
        let data = self.data.as_ref()?.as_object()?;
        Some(Record { id: data.get("id")?.as_str()?, data: Some(data) })
    }

    /// Returns the entity with the id in this path parameter. Ignores `data` unless it has the same id.
    fn existing(&self, parameter: &str) -> Option<Record<'_>> {
        let id = self.param(parameter)?;
        Some(Record { id, data: self.created().filter(|record| record.id == id).and_then(|record| record.data) })
    }

    fn param(&self, name: &str) -> Option<&str> {
        self.params.as_ref()?.get(name)?.as_str()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.extra.get(name)?.as_str()
    }

    fn texts(&self, name: &str) -> Vec<&str> {
        self.extra.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
