//! Blocking calls from synchronous code.

use logto_admin::ErrorKind;
use logto_admin::runtime::TokioRuntime;
use logto_admin::transport::HttpResponse;
use logto_admin::{Client, Endpoint};
use logto_admin_test_support::{ENDPOINT, IntoOutcome, ScriptedTransport};

fn client<A: IntoOutcome>(answers: impl IntoIterator<Item = A>) -> Client {
    let builder = Client::builder(Endpoint::self_hosted(ENDPOINT)).client_credentials("app-id", "app-secret");
    let transport = ScriptedTransport::answers(answers);
    builder.transport(transport).runtime(TokioRuntime::new()).build().expect("valid settings")
}

#[test]
fn blocking_calls_need_no_async_runtime() {
    let client = client([HttpResponse::json(200, r#"{"totalUserCount":3}"#)]);
    let count = client.operation("GetTotalUserCount").expect("known").blocking().expect("answered");
    assert_eq!(count["totalUserCount"], 3);
}

#[test]
fn threads_share_one_client() {
    let client = client((0..8).map(|_| HttpResponse::new(204)));
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8).map(|_| scope.spawn(|| client.operation("GetStatus")?.blocking())).collect();
        assert!(calls.into_iter().all(|call| call.join().is_ok_and(|answer| answer.is_ok())));
    });
}

#[test]
fn blocking_iter_yields_all_pages() {
    let page = |ids: &[u32]| {
        let users = ids.iter().map(|id| super::prefetch::user(*id)).collect::<Vec<_>>().join(",");
        HttpResponse::json(200, format!("[{users}]")).header("total-number", "3")
    };
    let client = client([page(&[1, 2]), page(&[3])]);
    let ids: Result<Vec<String>, _> =
        client.users().list().page_size(2).blocking_iter().map(|user| user.map(|user| user.id)).collect();
    assert_eq!(ids.expect("answered"), ["user-1", "user-2", "user-3"]);
}

#[tokio::test]
async fn blocking_calls_in_an_async_runtime_are_errors_not_panics() {
    let client = client([HttpResponse::new(204)]);
    let error = client.operation("GetStatus").expect("known").blocking().expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("await the request instead"), "{error}");
}

#[tokio::test]
async fn blocking_calls_in_spawn_blocking_work() {
    let client = client([HttpResponse::new(204)]);
    let call = tokio::task::spawn_blocking(move || client.operation("GetStatus")?.blocking());
    call.await.expect("no panic").expect("answered");
}

#[tokio::test]
async fn blocking_calls_in_a_task_without_budget_do_not_panic() {
    let client = client([HttpResponse::new(204)]);
    let call = async { client.operation("GetStatus")?.blocking() };
    tokio::task::unconstrained(call).await.expect("answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_calls_in_a_task_are_errors_and_leave_the_task_alive() {
    let client = client([HttpResponse::new(204)]);
    let task = tokio::spawn(async move {
        let refused = client.operation("GetStatus")?.blocking().expect_err("refused");
        client.operation("GetStatus")?.await.map(|_| refused)
    });
    assert_eq!(task.await.expect("no panic").expect("answered").kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn clients_with_blocking_calls_can_be_dropped_in_async_code() {
    let client = client([HttpResponse::new(204)]);
    let client = std::thread::spawn(move || client.operation("GetStatus")?.blocking().map(|_| client));
    drop(client.join().expect("no panic").expect("answered"));
}
