//! Lists: one page at a time, or all of them as a stream.

use futures_util::{StreamExt, TryStreamExt};
use logto_admin::models::User;
use logto_admin::operation::{Paging, TABLE};
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin::{Client, Page, Result};
use logto_admin_test_support::ScriptedTransport;

use crate::stage::{Stage, ok, refusal, status, target, users};

/// A server with this many users, that pages them as Logto does.
fn server(total: u32) -> ScriptedTransport {
    ScriptedTransport::api(move |request| {
        let (page, size) = (number(&request, "page").unwrap_or(1), number(&request, "page_size").unwrap_or(20));
        let first = (page - 1) * size;
        ok(&users(first..total.min(first + size))).header("total-number", total.to_string())
    })
}

fn number(request: &HttpRequest, name: &str) -> Option<u32> {
    let query = request.url.split_once('?')?.1;
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    pair?.1.parse().ok()
}

fn with_server(total: u32) -> Stage {
    Stage::set_up(server(total), |builder| builder)
}

/// The queries that were sent.
fn queries(stage: &Stage) -> Vec<String> {
    let calls = stage.transport.api_calls();
    calls.iter().map(|call| target(call).split_once('?').map_or("", |(_, query)| query).to_owned()).collect()
}

fn all(stage: &Stage, client: &Client) -> Result<Vec<User>> {
    stage.run(client.users().list().stream().try_collect())
}

#[test]
fn a_list_is_asked_for_with_what_was_set_and_no_more() {
    let stage = with_server(45);
    stage.run(stage.client.users().list()).unwrap();
    stage.run(stage.client.users().list().page(3)).unwrap();
    stage.run(stage.client.users().list().page_size(5)).unwrap();
    stage.run(stage.client.users().list().page_size(5).page(2).search("%ada%")).unwrap();
    assert_eq!(queries(&stage), ["", "page=3", "page_size=5", "search=%25ada%25&page=2&page_size=5"]);
}

#[test]
fn a_page_says_where_it_stands() {
    let stage = with_server(45);
    let page = stage.run(stage.client.users().list()).unwrap();
    assert_eq!((page.len(), page.total, page.total_is_capped), (20, Some(45), false));
    assert_eq!((page.page, page.page_size, page.has_next()), (Some(1), Some(20), true));
    let last = stage.run(stage.client.users().list().page(3)).unwrap();
    assert_eq!((last.len(), last.page, last.has_next()), (5, Some(3), false));
}

#[test]
fn a_page_is_a_list_of_its_items() {
    let stage = with_server(3);
    let page = stage.run(stage.client.users().list()).unwrap();
    assert_eq!(page[2].id, "user-2");
    assert_eq!((&page).into_iter().count(), 3);
    let ids: Vec<String> = page.into_iter().map(|user| user.id).collect();
    assert_eq!(ids, ["user-0", "user-1", "user-2"]);
}

#[test]
fn a_stream_gives_every_item_100_a_page() {
    let stage = with_server(250);
    let users = all(&stage, &stage.client).unwrap();
    assert_eq!((users.len(), users[249].id.as_str()), (250, "user-249"));
    assert_eq!(queries(&stage), ["page=1&page_size=100", "page=2&page_size=100", "page=3&page_size=100"]);
}

#[test]
fn a_stream_ends_with_the_last_page_without_asking_for_another() {
    for (total, pages) in [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2)] {
        let stage = with_server(total);
        assert_eq!(all(&stage, &stage.client).unwrap().len() as u32, total);
        assert_eq!(stage.sends(), pages, "{total}");
    }
}

#[test]
fn a_stream_begins_where_it_is_told_and_takes_the_size_it_is_told() {
    let stage = with_server(45);
    let list = stage.client.users().list().page(2).page_size(20).search("%");
    let users: Vec<User> = stage.run(list.stream().try_collect()).unwrap();
    assert_eq!((users.len(), users[0].id.as_str()), (25, "user-20"));
    assert_eq!(queries(&stage), ["search=%25&page=2&page_size=20", "search=%25&page=3&page_size=20"]);
}

#[test]
fn a_page_is_asked_for_when_the_one_before_it_is_used_up() {
    let stage = with_server(250);
    let mut users = stage.client.users().list().stream();
    assert_eq!(stage.sends(), 0);
    for (items, sends) in [(1, 1), (99, 1), (1, 2)] {
        for _ in 0..items {
            stage.run(users.next()).unwrap().unwrap();
        }
        assert_eq!(stage.sends(), sends);
    }
}

#[test]
fn pages_can_be_streamed_too() {
    let stage = with_server(250);
    let pages: Vec<Page<User>> = stage.run(stage.client.users().list().pages().try_collect()).unwrap();
    let shown: Vec<_> = pages.iter().map(|page| (page.page, page.len(), page.total)).collect();
    assert_eq!(shown, [(Some(1), 100, Some(250)), (Some(2), 100, Some(250)), (Some(3), 50, Some(250))]);
}

#[test]
fn an_empty_page_ends_a_stream_whatever_the_total_says() {
    let page = |ids| ok(&users(ids)).header("total-number", "1000");
    let stage = Stage::answering([page(0..100), page(0..0)]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 100);
}

#[test]
fn a_total_that_grows_meanwhile_is_followed() {
    let stage = Stage::answering([
        ok(&users(0..100)).header("total-number", "100"),
        ok(&users(0..100)).header("total-number", "101"),
        ok(&users(100..101)).header("total-number", "101"),
    ]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 100);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 101);
}

#[test]
fn a_capped_total_does_not_end_a_stream() {
    let page = |logs: &str| ok(logs).header("total-number", "1").header("total-number-is-capped", "true");
    let log = r#"[{"tenantId":"t","id":"log","key":"k","payload":{"key":"k","result":"Success"},"createdAt":1}]"#;
    let stage = Stage::answering([page(log), page(log), page("[]")]);
    let logs: Vec<Page<_>> =
        stage.run(stage.client.audit_logs().list().enable_cap(true).pages().try_collect()).unwrap();
    assert_eq!((logs.len(), logs[0].total_is_capped, logs[0].total), (2, true, Some(1)));
}

#[test]
fn a_list_that_says_no_total_ends_with_a_page_that_is_not_full() {
    let stage = Stage::answering([ok(&users(0..100)), ok(&users(100..130))]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 130);
}

#[test]
fn the_link_header_is_never_followed() {
    let link = r#"<http://127.0.0.1:9/users?page=7&page_size=100>; rel="next""#;
    let page = |ids| ok(&users(ids)).header("total-number", "150").header("link", link);
    let stage = Stage::answering([page(0..100), page(100..150)]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 150);
    assert!(stage.transport.api_calls().iter().all(|call| target(call).starts_with("/api/users?page=")));
}

#[test]
fn an_error_in_the_middle_comes_after_the_items_before_it_and_ends_the_stream() {
    let first = ok(&users(0..100)).header("total-number", "250");
    let stage = Stage::answering([first, refusal(400, "guard.invalid_pagination")]);
    let outcomes: Vec<Result<User>> = stage.run(stage.client.users().list().stream().collect());
    assert_eq!(outcomes.len(), 101);
    assert!(outcomes[..100].iter().all(Result::is_ok));
    assert_eq!(outcomes[100].as_ref().unwrap_err().code(), Some("guard.invalid_pagination"));
}

#[test]
fn each_page_of_a_stream_is_tried_again_by_itself() {
    let page = |ids| ok(&users(ids)).header("total-number", "150");
    let stage = Stage::answering([page(0..100), status(503), page(100..150)]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 150);
}

#[test]
fn headers_and_search_go_with_every_page() {
    let stage = with_server(150);
    let list = stage.client.users().list().search("%a%").header("x-page", "1");
    stage.run(list.stream().try_collect::<Vec<_>>()).unwrap();
    for call in stage.transport.api_calls() {
        assert!(target(&call).contains("search=%25a%25") && call.headers.contains("x-page"), "{call:?}");
    }
}

#[test]
fn a_list_that_pages_on_request_is_sent_at_once_when_nothing_is_set() {
    let stage = Stage::answering([ok("[]")]);
    let page = stage.run(stage.client.resources().list()).unwrap();
    assert_eq!(queries(&stage), [""]);
    assert_eq!((page.page, page.page_size, page.total, page.has_next()), (None, None, None, false));
}

#[test]
fn a_list_that_pages_on_request_is_paged_when_asked() {
    let stage = Stage::answering([ok("[]").header("total-number", "0")]);
    let page = stage.run(stage.client.resources().list().page(2)).unwrap();
    assert_eq!((page.page, page.page_size, page.total), (Some(2), Some(20), Some(0)));
}

#[test]
fn a_stream_of_a_list_that_pages_on_request_asks_for_pages() {
    let stage = Stage::answering([ok("[]").header("total-number", "0")]);
    let items: Vec<_> = stage.run(stage.client.resources().list().stream().try_collect()).unwrap();
    assert!(items.is_empty());
    assert_eq!(queries(&stage), ["page=1&page_size=100"]);
}

#[test]
fn the_list_that_sits_in_a_member_is_a_list_like_the_others() {
    let organization = r#"{"tenantId":"t","id":"org-1","name":"n","description":null,"customData":{},"isMfaRequired":false,"color":{},"branding":{},"customCss":null,"createdAt":1}"#;
    let answer = || ok(&format!(r#"{{"organizations":[{organization}]}}"#)).header("total-number", "1");
    let stage = Stage::answering([answer(), answer()]);
    let list = || stage.client.applications().list_user_consent_organizations("app", "u1");
    let page = stage.run(list()).unwrap();
    assert_eq!((page[0].id.as_str(), page.total, page.page), ("org-1", Some(1), Some(1)));
    let all: Vec<_> = stage.run(list().stream().try_collect()).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn a_decode_error_in_a_list_that_sits_in_a_member_names_the_whole_path() {
    let stage = Stage::answering([ok(r#"{"organizations":[{"id":7}]}"#)]);
    let list = stage.client.applications().list_user_consent_organizations("app", "u1");
    assert_eq!(stage.run(list).unwrap_err().decode_path(), Some("organizations[0].id"));
}

#[test]
fn a_list_that_sits_in_a_member_wants_the_member() {
    let stage = Stage::answering([ok("{}")]);
    let error = stage.run(stage.client.applications().list_user_consent_organizations("app", "u1")).unwrap_err();
    assert!(error.is_decode() && error.message().contains("organizations"), "{error}");
}

#[test]
fn an_answer_without_the_list_is_an_error() {
    for answer in [ok("{}"), ok("null"), HttpResponse::new(204)] {
        let stage = Stage::answering([answer]);
        assert!(stage.run(stage.client.users().list()).unwrap_err().is_decode());
    }
}

#[test]
fn lists_come_in_pages_always_or_on_request_as_was_measured() {
    const ALWAYS: [&str; 14] = [
        "ListApplicationRoles",
        "ListApplicationUserConsentOrganizations",
        "ListHookRecentLogs",
        "ListLogs",
        "ListOrganizationApplications",
        "ListOrganizationRoles",
        "ListOrganizationUsers",
        "ListOrganizations",
        "ListResourceScopes",
        "ListRoleApplications",
        "ListRoleUsers",
        "ListRoles",
        "ListUserRoles",
        "ListUsers",
    ];
    const ON_REQUEST: [&str; 15] = [
        "ListApplicationOrganizations",
        "ListApplications",
        "ListHooks",
        "ListOneTimeTokens",
        "ListOrganizationApplicationRoles",
        "ListOrganizationJitEmailDomains",
        "ListOrganizationJitRoles",
        "ListOrganizationJitSsoConnectors",
        "ListOrganizationRoleResourceScopes",
        "ListOrganizationRoleScopes",
        "ListOrganizationScopes",
        "ListOrganizationUserRoles",
        "ListResources",
        "ListRoleScopes",
        "ListSsoConnectors",
    ];
    let paged =
        |paging| -> Vec<&str> { TABLE.iter().filter(|info| info.paging == paging).map(|info| info.id).collect() };
    assert_eq!(paged(Paging::Always), ALWAYS);
    assert_eq!(paged(Paging::OnRequest), ON_REQUEST);
}
