//! Lists, read page by page or as a stream.

use futures_util::{StreamExt, TryStreamExt};
use logto_admin::models::User;
use logto_admin::operation::{Paging, TABLE};
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin::{Client, Page, Result};
use logto_admin_test_support::ScriptedTransport;

use crate::stage::{Stage, ok, refusal, status, target, users};

/// A server with this many users, with the same paging as Logto.
fn server(total: u32) -> ScriptedTransport {
    ScriptedTransport::api(move |request| {
        let (page, size) = (number(&request, "page").unwrap_or(1), number(&request, "page_size").unwrap_or(20));
        let first = (page - 1) * size;
        ok(&users(first..total.min(first + size))).header("total-number", total.to_string())
    })
}

/// A server that ignores the page and sends all its users, except that a second page is empty if the first one can be
/// full.
fn without_total(items: u32) -> Stage {
    let server = ScriptedTransport::api(move |request| {
        let is_first = number(&request, "page") == Some(1);
        ok(&users(0..if is_first || items > 10 { items } else { 0 }))
    });
    Stage::set_up(server, |builder| builder)
}

fn number(request: &HttpRequest, name: &str) -> Option<u32> {
    let query = request.url.split_once('?')?.1;
    let pair = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    pair?.1.parse().ok()
}

fn with_server(total: u32) -> Stage {
    Stage::set_up(server(total), |builder| builder)
}

/// The query strings of the API calls.
fn queries(stage: &Stage) -> Vec<String> {
    let calls = stage.transport.api_calls();
    calls.iter().map(|call| target(call).split_once('?').map_or("", |(_, query)| query).to_owned()).collect()
}

fn all(stage: &Stage, client: &Client) -> Result<Vec<User>> {
    stage.run(client.users().list().stream().try_collect())
}

#[test]
fn lists_only_send_parameters_that_are_set() {
    let stage = with_server(45);
    stage.run(stage.client.users().list()).unwrap();
    stage.run(stage.client.users().list().page(3)).unwrap();
    stage.run(stage.client.users().list().page_size(5)).unwrap();
    stage.run(stage.client.users().list().page_size(5).page(2).search("%ada%")).unwrap();
    assert_eq!(queries(&stage), ["", "page=3", "page_size=5", "search=%25ada%25&page=2&page_size=5"]);
}

#[test]
fn pages_have_number_size_and_total() {
    let stage = with_server(45);
    let page = stage.run(stage.client.users().list()).unwrap();
    assert_eq!((page.len(), page.total, page.total_is_capped), (20, Some(45), false));
    assert_eq!((page.page, page.page_size, page.has_next()), (Some(1), Some(20), true));
    let last = stage.run(stage.client.users().list().page(3)).unwrap();
    assert_eq!((last.len(), last.page, last.has_next()), (5, Some(3), false));
}

#[test]
fn a_list_without_total_continues_after_full_pages_only() {
    for (items, requests) in [(5_u32, 1), (10, 2), (11, 1)] {
        let stage = without_total(items);
        let users = stage.run(stage.client.users().list().page_size(10).stream().try_collect::<Vec<_>>()).unwrap();
        assert_eq!((users.len(), queries(&stage).len()), (usize::try_from(items).unwrap(), requests));
    }
}

#[test]
fn pages_can_be_indexed_and_iterated() {
    let stage = with_server(3);
    let page = stage.run(stage.client.users().list()).unwrap();
    assert_eq!(page[2].id, "user-2");
    assert_eq!((&page).into_iter().count(), 3);
    let ids: Vec<String> = page.into_iter().map(|user| user.id).collect();
    assert_eq!(ids, ["user-0", "user-1", "user-2"]);
}

#[test]
fn streams_yield_every_item_with_100_per_page() {
    let stage = with_server(250);
    let users = all(&stage, &stage.client).unwrap();
    assert_eq!((users.len(), users[249].id.as_str()), (250, "user-249"));
    assert_eq!(queries(&stage), ["page=1&page_size=100", "page=2&page_size=100", "page=3&page_size=100"]);
}

#[test]
fn streams_end_after_the_last_page_without_another_request() {
    for (total, pages) in [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2)] {
        let stage = with_server(total);
        assert_eq!(all(&stage, &stage.client).unwrap().len() as u32, total);
        assert_eq!(stage.sends(), pages, "{total}");
    }
}

#[test]
fn streams_start_at_the_given_page_and_use_the_given_size() {
    let stage = with_server(45);
    let list = stage.client.users().list().page(2).page_size(20).search("%");
    let users: Vec<User> = stage.run(list.stream().try_collect()).unwrap();
    assert_eq!((users.len(), users[0].id.as_str()), (25, "user-20"));
    assert_eq!(queries(&stage), ["search=%25&page=2&page_size=20", "search=%25&page=3&page_size=20"]);
}

#[test]
fn streams_request_a_page_after_the_previous_one_is_consumed() {
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
fn pages_can_be_streamed() {
    let stage = with_server(250);
    let pages: Vec<Page<User>> = stage.run(stage.client.users().list().pages().try_collect()).unwrap();
    let shown: Vec<_> = pages.iter().map(|page| (page.page, page.len(), page.total)).collect();
    assert_eq!(shown, [(Some(1), 100, Some(250)), (Some(2), 100, Some(250)), (Some(3), 50, Some(250))]);
}

#[test]
fn empty_pages_end_a_stream_regardless_of_the_total() {
    let page = |ids| ok(&users(ids)).header("total-number", "1000");
    let stage = Stage::answering([page(0..100), page(0..0)]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 100);
}

#[test]
fn streams_follow_a_growing_total() {
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
fn lists_without_a_total_end_after_a_partial_page() {
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
fn errors_follow_the_previous_items_and_end_the_stream() {
    let first = ok(&users(0..100)).header("total-number", "250");
    let stage = Stage::answering([first, refusal(400, "guard.invalid_pagination")]);
    let outcomes: Vec<Result<User>> = stage.run(stage.client.users().list().stream().collect());
    assert_eq!(outcomes.len(), 101);
    assert!(outcomes[..100].iter().all(Result::is_ok));
    assert_eq!(outcomes[100].as_ref().unwrap_err().code(), Some("guard.invalid_pagination"));
}

#[test]
fn each_page_of_a_stream_is_retried_separately() {
    let page = |ids| ok(&users(ids)).header("total-number", "150");
    let stage = Stage::answering([page(0..100), status(503), page(100..150)]);
    assert_eq!(all(&stage, &stage.client).unwrap().len(), 150);
}

#[test]
fn every_page_is_requested_with_headers_and_search() {
    let stage = with_server(150);
    let list = stage.client.users().list().search("%a%").header("x-page", "1");
    stage.run(list.stream().try_collect::<Vec<_>>()).unwrap();
    for call in stage.transport.api_calls() {
        assert!(target(&call).contains("search=%25a%25") && call.headers.contains("x-page"), "{call:?}");
    }
}

#[test]
fn lists_with_optional_paging_are_not_paged_by_default() {
    let stage = Stage::answering([ok("[]")]);
    let page = stage.run(stage.client.resources().list()).unwrap();
    assert_eq!(queries(&stage), [""]);
    assert_eq!((page.page, page.page_size, page.total, page.has_next()), (None, None, None, false));
}

#[test]
fn lists_with_optional_paging_are_paged_on_request() {
    let stage = Stage::answering([ok("[]").header("total-number", "0")]);
    let page = stage.run(stage.client.resources().list().page(2)).unwrap();
    assert_eq!((page.page, page.page_size, page.total), (Some(2), Some(20), Some(0)));
}

#[test]
fn streams_of_lists_with_optional_paging_request_pages() {
    let stage = Stage::answering([ok("[]").header("total-number", "0")]);
    let items: Vec<_> = stage.run(stage.client.resources().list().stream().try_collect()).unwrap();
    assert!(items.is_empty());
    assert_eq!(queries(&stage), ["page=1&page_size=100"]);
}

#[test]
fn lists_nested_in_a_member_behave_like_other_lists() {
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
fn decode_errors_in_nested_lists_have_the_full_path() {
    let stage = Stage::answering([ok(r#"{"organizations":[{"id":7}]}"#)]);
    let list = stage.client.applications().list_user_consent_organizations("app", "u1");
    assert_eq!(stage.run(list).unwrap_err().decode_path(), Some("organizations[0].id"));
}

#[test]
fn nested_lists_require_their_member() {
    let stage = Stage::answering([ok("{}")]);
    let error = stage.run(stage.client.applications().list_user_consent_organizations("app", "u1")).unwrap_err();
    assert!(error.is_decode() && error.message().contains("organizations"), "{error}");
}

#[test]
fn answers_without_a_list_are_decode_errors() {
    for answer in [ok("{}"), ok("null"), HttpResponse::new(204)] {
        let stage = Stage::answering([answer]);
        assert!(stage.run(stage.client.users().list()).unwrap_err().is_decode());
    }
}

#[test]
fn paging_of_lists_matches_the_measured_behaviour() {
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
