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
        ("Message.RateLimited", &json!({ "action": "VerificationCodeSend", "recipient": "e1" }), "MessageRateLimited"),
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
    assert_eq!((membership.added_user_ids, membership.removed_user_ids.len()), (&["u1".into(), "u2".into()][..], 1));
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
