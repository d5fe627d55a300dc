//! Streams that request several pages at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use logto_admin::runtime::Runtime;
use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, client, token_answer};

pub(super) fn user(id: u32) -> String {
    format!(
        r#"{{"id":"user-{id}","username":null,"primaryEmail":null,"primaryPhone":null,"name":null,"avatar":null,"customData":{{}},"identities":{{}},"lastSignInAt":null,"createdAt":1,"updatedAt":1,"profile":{{}},"applicationId":null,"isSuspended":false}}"#
    )
}

/// A server with this many users that takes longer for earlier pages.
///
/// `most` records the maximum number of concurrent requests.
fn server(users: u32, runtime: &FakeRuntime, most: &Arc<AtomicUsize>) -> ScriptedTransport {
    let (runtime, most, now) = (runtime.clone(), Arc::clone(most), Arc::new(AtomicUsize::new(0)));
    ScriptedTransport::new(move |request, options| {
        let (runtime, most, now) = (runtime.clone(), Arc::clone(&most), Arc::clone(&now));
        async move {
            if options.token_call {
                return Ok(token_answer("token", 3600));
            }
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            let (page, size) = (number(&request, "page"), number(&request, "page_size"));
            runtime.sleep(Duration::from_secs(u64::from(20 - page.min(19)))).await;
            now.fetch_sub(1, Ordering::Relaxed);
            let shown = (page - 1) * size + 1..=users.min(page * size);
            let body = shown.map(user).collect::<Vec<_>>().join(",");
            Ok(HttpResponse::json(200, format!("[{body}]")).header("total-number", users.to_string()))
        }
    })
}

fn number(request: &HttpRequest, name: &str) -> u32 {
    let query = request.url.split_once('?').expect("a query").1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.expect("the parameter").parse().expect("a number")
}

/// The ids that a stream yields, the maximum number of concurrent requests, and the total number of requests.
fn walk(users: u32, prefetch: usize) -> (Vec<String>, usize, usize) {
    let (runtime, most) = (FakeRuntime::new(), Arc::default());
    let transport = server(users, &runtime, &most);
    let client = client(&transport, &runtime);
    let stream = client.users().list().page_size(2).prefetch(prefetch).stream();
    let ids = runtime.run(stream.map_ok(|user| user.id).try_collect::<Vec<String>>()).expect("answered");
    (ids, most.load(Ordering::Relaxed), transport.api_calls().len())
}

#[test]
fn prefetch_limits_concurrent_requests_and_keeps_the_order() {
    let expected: Vec<String> = (1..=13).map(|id| format!("user-{id}")).collect();
    assert_eq!(walk(13, 3), (expected, 3, 7));
}

#[test]
fn pages_are_requested_one_at_a_time_by_default() {
    assert_eq!(walk(5, 0), ((1..=5).map(|id| format!("user-{id}")).collect(), 1, 3));
    assert_eq!(walk(5, 1).1, 1);
}

#[test]
fn prefetch_requests_no_pages_beyond_the_last() {
    assert_eq!(walk(4, 100).2, 2);
    assert_eq!(walk(0, 100), (vec![], 1, 1));
}
