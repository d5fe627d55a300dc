//! Calls as callers like to write them.

use std::time::Duration;

use logto_admin::models::{RoleIds, UpdateUserIsSuspended};
use logto_admin::{ErrorKind, Page, Request, Timestamp};
use serde_json::json;

use crate::stage::{Stage, ok, target};

fn body<Op: logto_admin::operation::Operation>(request: Request<Op>) -> String {
    request.to_http().unwrap().body.text()
}

#[test]
#[allow(clippy::needless_borrows_for_generic_args, reason = "callers may pass references")]
fn a_body_with_one_member_can_be_its_value() {
    let users = Stage::silent().client;
    let users = users.users();
    let suspended = UpdateUserIsSuspended::new(true);
    for request in [
        users.update_is_suspended("u", true),
        users.update_is_suspended("u", &suspended),
        users.update_is_suspended("u", suspended.clone()),
    ] {
        assert_eq!(body(request), r#"{"isSuspended":true}"#);
    }
    let (pair, owned) = (["r1", "r2"], vec!["r1".to_owned(), "r2".to_owned()]);
    for request in [
        users.assign_roles("u", &pair),
        users.assign_roles("u", pair),
        users.assign_roles("u", &owned),
        users.assign_roles("u", owned.as_slice()),
        users.assign_roles("u", owned.clone()),
        users.assign_roles("u", RoleIds { role_ids: owned.clone() }),
    ] {
        assert_eq!(body(request), r#"{"roleIds":["r1","r2"]}"#);
    }
}

#[test]
fn optional_parameters_accept_options() {
    let client = Stage::silent().client;
    let set = |page: Option<u32>, search: Option<String>, sso: Option<bool>| {
        let list = client.users().list().page(page).page_size(page).search(search).to_http().unwrap();
        let user = client.users().get("u").include_sso_identities(sso).to_http().unwrap();
        (target(&list).to_owned(), target(&user).to_owned())
    };
    assert_eq!(set(None, None, None), ("/api/users".to_owned(), "/api/users/u".to_owned()));
    let (list, user) = set(Some(2), Some("%a%".to_owned()), Some(true));
    assert_eq!(list, "/api/users?search=%25a%25&page=2&page_size=2");
    assert_eq!(user, "/api/users/u?includeSsoIdentities=true");

    let since =
        |time: Option<Timestamp>| target(&client.audit_logs().list().start_time(time).to_http().unwrap()).to_owned();
    assert_eq!(since(None), "/api/logs");
    assert_eq!(since(Some(Timestamp::from_millis(5))), "/api/logs?start_time=5");
}

#[test]
fn pages_can_be_converted_and_serialized() {
    let page = Page { items: vec![1, 2], total: Some(7), page: Some(1), page_size: Some(2), ..Page::default() };
    let doubled = page.map(|number| number * 2);
    let expected = json!({"items": [2, 4], "total": 7, "totalIsCapped": false, "page": 1, "pageSize": 2});
    assert_eq!(serde_json::to_value(&doubled).unwrap(), expected);
    assert!(doubled.has_next());
}

#[test]
fn timestamps_can_be_added_to_and_compared() {
    let start = Timestamp::from_millis(1000);
    let week = Duration::from_secs(7 * 86_400);
    assert_eq!(start + week - week, start);
    assert_eq!(((start + week).duration_since(start), start.duration_since(start + week)), (week, Duration::ZERO));
    assert_eq!(start + Duration::MAX, Timestamp::from_millis(i64::MAX));
    // The clock of the machine is after the day on which this was written.
    assert!(Timestamp::now() > Timestamp::from_millis(1_795_000_000_000));
}

#[test]
fn organization_roles_are_found_by_name() {
    let roles = r#"[{"tenantId":"t","id":"r1","name":"admin","description":null,"type":"User","scopes":[],"resourceScopes":[]},
        {"tenantId":"t","id":"r2","name":"member","description":null,"type":"User","scopes":[],"resourceScopes":[]}]"#;
    let stage = Stage::answering([ok(roles), ok(roles)]);
    let ids = stage.run(stage.client.organization_role_ids(["member", "admin"])).unwrap();
    assert_eq!(ids, ["r2", "r1"]);
    let error = stage.run(stage.client.organization_role_ids(["owner"])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.message().contains("`owner`; there are: admin, member"), "{error}");
}
