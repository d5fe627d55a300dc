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
    /// A user registered, signed in, reset the password, or was asked for a second factor because of adaptive MFA
    /// (`PostRegister`, `PostSignIn`, `PostResetPassword`, `PostSignInAdaptiveMfaTriggered`).
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
    /// `Grant.LimitExceeded`: the oldest grants of a user for an application were revoked.
    GrantLimitExceeded {
        /// Id of the user.
        user_id: &'a str,
        /// Id of the application.
        application_id: Option<&'a str>,
        /// Ids of the revoked grants.
        revoked_grant_ids: Vec<&'a str>,
    },
    /// An event that this version of the client does not know, or one without the members that its kind requires. See
    /// [`Delivery::event`] and [`Delivery::extra`].
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

/// The change of an organization's members. Servers before the release that introduced them send no member ids: all
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

    /// Returns the entity of the event, if `data` is that entity and does not merely look like it.
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
mod tests {
    use serde_json::json;

    use super::*;

    fn delivery(event: &str, members: Value) -> Delivery {
        let mut body = json!({ "hookId": "h1", "event": event, "createdAt": "2026-11-24T03:00:00.000Z" });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }

    fn user_request(route: &str, data: Value) -> Value {
        let path = route.replace(":userId", "u1");
        json!({ "method": "PATCH", "path": path, "matchedRoute": route, "params": { "userId": "u1" }, "data": data })
    }

    #[test]
    fn custom_data_shaped_like_a_user_is_never_read_as_a_user() {
        for route in ["/users/:userId/custom-data", "/users/:userId/profile"] {
            let forged = json!({ "id": "victim", "username": "ada" });
            let delivery = delivery("User.Data.Updated", user_request(route, forged.clone()));
            assert!(delivery.data_as::<Value>().unwrap().is_none(), "{route}");
            match delivery.change() {
                Change::UserCustomDataUpdated { user_id, custom_data: data }
                | Change::UserProfileUpdated { user_id, profile: data } => {
                    assert_eq!((user_id, data), ("u1", &forged), "{route}");
                }
                other => panic!("{route}: {other:?}"),
            }
        }
    }

    #[test]
    fn the_id_comes_from_the_path_whatever_the_data_says() {
        for route in ["/users/:userId", "/users/:userId/password", "/users/:userId/something-new"] {
            let delivery = delivery("User.Data.Updated", user_request(route, json!({ "id": "victim" })));
            assert_eq!(delivery.change(), Change::UserUpdated(Record { id: "u1", data: None }), "{route}");
            assert!(delivery.data_as::<Value>().unwrap().is_none(), "{route}");
        }
    }

    #[test]
    fn the_answer_of_an_unknown_route_is_not_read_as_the_user() {
        for route in ["/users/:userId/something-new", "/users/u1"] {
            let delivery = delivery("User.Data.Updated", user_request(route, json!({ "id": "u1" })));
            assert_eq!(delivery.change(), Change::UserUpdated(Record { id: "u1", data: None }), "{route}");
        }
    }

    #[test]
    fn without_the_matched_route_the_path_shows_what_changed() {
        let without_route = |path: &str| {
            let mut members = user_request(path, json!({ "id": "u1" }));
            members.as_object_mut().unwrap().remove("matchedRoute");
            delivery("User.Data.Updated", members)
        };
        let delivery = without_route("/users/:userId/custom-data");
        assert!(matches!(delivery.change(), Change::UserCustomDataUpdated { user_id: "u1", .. }));
        let delivery = without_route("/users/:userId");
        assert!(matches!(delivery.change(), Change::UserUpdated(Record { id: "u1", data: Some(_) })));
        let delivery = without_route("/users/:userId/something-new");
        assert_eq!(delivery.change(), Change::UserUpdated(Record { id: "u1", data: None }));
    }

    #[test]
    fn a_matched_route_alone_shows_that_the_management_api_caused_the_event() {
        let members =
            json!({ "matchedRoute": "/users/:userId/profile", "params": { "userId": "u1" }, "data": { "id": "u2" } });
        assert!(matches!(
            delivery("User.Data.Updated", members).change(),
            Change::UserProfileUpdated { user_id: "u1", .. }
        ));
    }

    #[test]
    fn users_are_records_where_the_server_sends_the_whole_user() {
        let user = json!({ "id": "u1", "name": "Ada" });
        for (event, members) in [
            ("User.Created", json!({ "method": "POST", "path": "/users", "params": {}, "data": user })),
            ("User.Created", json!({ "interactionEvent": "Register", "data": user })),
            ("User.Data.Updated", user_request("/users/:userId", user.clone())),
            ("User.Data.Updated", json!({ "data": user })),
            ("User.SuspensionStatus.Updated", user_request("/users/:userId/is-suspended", user.clone())),
            ("User.Deleted", user_request("/users/:userId", user.clone())),
        ] {
            let delivery = delivery(event, members);
            let (Change::UserCreated(record)
            | Change::UserUpdated(record)
            | Change::UserSuspensionUpdated(record)
            | Change::UserDeleted(record)) = delivery.change()
            else {
                panic!("{event}: {:?}", delivery.change())
            };
            assert_eq!((record.id, record.parse::<Value>().unwrap().as_ref()), ("u1", Some(&user)), "{event}");
            assert_eq!(delivery.data_as::<Value>().unwrap().as_ref(), Some(&user), "{event}");
        }
    }

    #[test]
    fn every_event_has_the_ids_of_its_entities() {
        let by_id = json!({ "path": "/x/e1", "params": { "id": "e1" } });
        let created = json!({ "path": "/x", "params": {}, "data": { "id": "e1" } });
        let scope = json!({ "path": "/resources/r1/scopes/e1", "params": { "resourceId": "r1", "scopeId": "e1" } });
        let mut new_scope = created.clone();
        new_scope["params"] = json!({ "resourceId": "r1" });
        for (event, members, expected) in [
            ("Role.Created", &created, "RoleCreated"),
            ("Role.Data.Updated", &by_id, "RoleUpdated"),
            ("Role.Scopes.Updated", &by_id, "RoleScopesUpdated"),
            ("Role.Scopes.Updated", &json!({ "path": "/roles", "params": {}, "roleId": "e1" }), "RoleScopesUpdated"),
            ("Role.Deleted", &by_id, "RoleDeleted"),
            ("Scope.Created", &new_scope, "ScopeCreated"),
            ("Scope.Data.Updated", &scope, "ScopeUpdated"),
            ("Scope.Deleted", &scope, "ScopeDeleted"),
            ("Organization.Created", &created, "OrganizationCreated"),
            ("Organization.Data.Updated", &by_id, "OrganizationUpdated"),
            ("Organization.Deleted", &by_id, "OrganizationDeleted"),
            ("Organization.Membership.Updated", &json!({ "organizationId": "e1" }), "OrganizationMembershipUpdated"),
            ("OrganizationRole.Created", &created, "OrganizationRoleCreated"),
            ("OrganizationRole.Data.Updated", &by_id, "OrganizationRoleUpdated"),
            ("OrganizationRole.Scopes.Updated", &by_id, "OrganizationRoleScopesUpdated"),
            (
                "OrganizationRole.Scopes.Updated",
                &json!({ "params": {}, "organizationRoleId": "e1" }),
                "OrganizationRoleScopesUpdated",
            ),
            ("OrganizationRole.Deleted", &by_id, "OrganizationRoleDeleted"),
            ("OrganizationScope.Created", &created, "OrganizationScopeCreated"),
            ("OrganizationScope.Data.Updated", &by_id, "OrganizationScopeUpdated"),
            ("OrganizationScope.Deleted", &by_id, "OrganizationScopeDeleted"),
            ("Identifier.Lockout", &json!({ "type": "email", "value": "e1" }), "IdentifierLocked"),
            (
                "Message.RateLimited",
                &json!({ "action": "VerificationCodeSend", "recipient": "e1" }),
                "MessageRateLimited",
            ),
            ("Grant.LimitExceeded", &json!({ "userId": "e1", "revokedGrantIds": ["g1"] }), "GrantLimitExceeded"),
            ("PostRegister", &json!({ "userId": "e1" }), "Interaction"),
            ("PostSignIn", &json!({ "userId": "e1" }), "Interaction"),
            ("PostResetPassword", &json!({ "userId": "e1" }), "Interaction"),
            ("PostSignInAdaptiveMfaTriggered", &json!({ "userId": "e1" }), "Interaction"),
        ] {
            let change = format!("{:?}", delivery(event, members.clone()).change());
            let kind = change.split(|character: char| !character.is_alphanumeric()).next();
            assert_eq!(kind, Some(expected), "{event}");
            assert!(change.contains("\"e1\""), "{event}: {change}");
        }
    }

    #[test]
    fn members_that_join_and_leave_an_organization_are_listed() {
        let members = json!({
            "organizationId": "o1",
            "addedUserIds": ["u1", "u2"],
            "removedUserIds": ["u3"],
            "addedApplicationIds": ["a1"],
            "removedApplicationIds": ["a2"],
        });
        let delivery = delivery("Organization.Membership.Updated", members);
        let Change::OrganizationMembershipUpdated(membership) = delivery.change() else { panic!() };
        assert_eq!(
            (membership.added_user_ids, membership.removed_user_ids.len()),
            (&["u1".into(), "u2".into()][..], 1)
        );
        assert_eq!(membership.added_application_ids, ["a1"]);
        assert_eq!(membership.removed_application_ids, ["a2"]);
    }

    #[test]
    fn older_servers_name_the_organization_only_in_the_path_of_its_request() {
        let request = |path: &str| json!({ "path": path, "params": { "id": "o1" } });
        let change = |members| format!("{:?}", delivery("Organization.Membership.Updated", members).change());
        for path in ["/organizations/o1/users", "/organizations/o1/applications"] {
            assert!(change(request(path)).contains("organization_id: \"o1\""), "{path}");
        }
        assert_eq!(change(request("/organization-invitations/o1/status")), "Other");
        assert_eq!(change(json!({ "params": { "id": "o1" } })), "Other");
    }

    #[test]
    fn revoked_grants_are_listed_with_their_user_and_application() {
        let members = json!({ "userId": "u1", "applicationId": "a1", "revokedGrantIds": ["g1", 7, "g2"] });
        let (user_id, application_id, revoked_grant_ids) = ("u1", Some("a1"), vec!["g1", "g2"]);
        assert_eq!(
            delivery("Grant.LimitExceeded", members).change(),
            Change::GrantLimitExceeded { user_id, application_id, revoked_grant_ids }
        );
    }

    #[test]
    fn sign_ins_name_the_user_the_application_and_the_session() {
        let members = json!({
            "userId": "u1", "user": { "id": "u1" }, "sessionId": "s1", "application": { "id": "a1", "name": "Shop" },
        });
        let delivery = delivery("PostSignIn", members);
        let Change::Interaction(interaction) = delivery.change() else { panic!("{:?}", delivery.change()) };
        assert_eq!((interaction.user_id, interaction.user.map(JsonObject::len)), ("u1", Some(1)));
        assert_eq!((interaction.application_id, interaction.session_id), (Some("a1"), Some("s1")));
    }

    #[test]
    fn one_member_of_a_test_does_not_make_a_delivery_a_test() {
        for members in [
            json!({ "userId": "fake-id", "sessionId": "s1" }),
            json!({ "userId": "u1", "sessionId": "fake-session-id" }),
            json!({ "userId": "u1", "sessionId": "s1", "path": "/users/fake-path/" }),
        ] {
            assert!(!delivery("PostSignIn", members.clone()).is_test(), "{members}");
        }
    }

    #[test]
    fn test_deliveries_of_the_console_are_recognised() {
        let data = json!({
            "path": "/fake-path/:id", "method": "POST", "status": 200,
            "params": { "id": "fake-id" }, "data": { "result": "success" },
        });
        let sign_in = json!({ "sessionId": "fake-session-id", "userId": "fake-id", "user": { "id": "fake-id" } });
        for (event, members) in
            [("User.Created", &data), ("Grant.LimitExceeded", &data), ("PostSignIn", &sign_in), ("New.Event", &data)]
        {
            let delivery = delivery(event, members.clone());
            assert_eq!(delivery.change(), Change::Test, "{event}");
            assert!(delivery.data_as::<Value>().unwrap().is_none(), "{event}");
        }
    }

    #[test]
    fn unknown_events_and_missing_members_are_other() {
        for (event, members) in [
            ("New.Event", json!({})),
            ("User.Created", json!({})),
            ("User.Created", json!({ "data": { "id": 7 } })),
            ("User.Data.Updated", json!({ "path": "/users/u1", "data": { "id": "u1" } })),
            ("Role.Deleted", json!({})),
            ("Identifier.Lockout", json!({ "type": "email" })),
        ] {
            assert_eq!(delivery(event, members).change(), Change::Other, "{event}");
        }
    }
}
