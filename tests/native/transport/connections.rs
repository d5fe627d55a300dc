//! Reused and closed connections.

use std::future::IntoFuture;
use std::time::Duration;

use futures_util::FutureExt;
use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin::{Client, ErrorKind};
use logto_admin_test_server::{Answer, End, Fault, Script, Session};
use serde_json::json;

use crate::stage::Stage;

async fn read(client: &Client) {
    client.request(Method::Get, "/api/users").await.unwrap();
}

fn connections(session: &Session) -> Vec<u64> {
    session.seen().iter().map(|seen| seen.connection).collect()
}

#[tokio::test]
async fn sequential_calls_share_a_connection() {
    let stage = Stage::answering([Answer::json("[]")]).await;
    read(&stage.client).await;
    read(&stage.client).await;
    let used = connections(&stage.session);
    assert_eq!(used, [used[0]; 3]);
}

#[tokio::test]
async fn idle_connections_are_not_reused_after_the_timeout() {
    let transport = ReqwestTransport::builder().no_proxy().pool_idle_timeout(Duration::ZERO).build().unwrap();
    let stage = Stage::set_up(Script::default(), |builder| builder.transport(transport)).await;
    read(&stage.client).await;
    read(&stage.client).await;
    let used = connections(&stage.session);
    assert!(used[0] != used[1] && used[1] != used[2], "{used:?}");
}

#[test]
fn the_pool_drops_idle_connections_before_logto_closes_them() {
    assert!(format!("{:?}", ReqwestTransport::builder()).contains("pool_idle_timeout: 4s"));
}

#[tokio::test]
async fn reads_survive_idle_connections_closed_by_the_server() {
    let stage = Stage::answering([Answer::fault(Fault::CloseAfter), Answer::json("[1]")]).await;
    read(&stage.client).await;
    assert_eq!(stage.client.request(Method::Get, "/api/users").await.unwrap(), json!([1]));
}

#[tokio::test]
async fn writes_on_a_dead_connection_are_carried_out_once_or_fail() {
    let stage = Stage::answering([Answer::fault(Fault::CloseAfter), Answer::json("{}")]).await;
    read(&stage.client).await;
    let written = stage.client.request(Method::Post, "/api/roles").json(&json!({})).await;
    let posts = stage.session.api_calls().iter().filter(|seen| seen.method == "POST").count();
    match written {
        Ok(_) => assert_eq!(posts, 1),
        Err(error) => assert_eq!((error.kind(), posts), (ErrorKind::Transport, 0), "{error}"),
    }
}

/// A connection is a task. Here it ends with its runtime, before it accepts the request or before it writes it.
#[test]
fn writes_that_were_never_sent_are_retried() {
    for taken in [false, true] {
        let serving = tokio::runtime::Runtime::new().unwrap();
        let stage = serving.block_on(Stage::answering([Answer::json("{}")]));
        let call = stage.client.request(Method::Post, "/api/roles").header("authorization", "Bearer t");
        let mut call = call.json(&json!({})).into_future();
        let dying = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut step = || {
            dying.block_on(tokio::task::yield_now());
            let _entered = dying.enter();
            assert!((&mut call).now_or_never().is_none());
            dying.metrics().num_alive_tasks()
        };
        while step() == 0 {}
        if taken {
            step();
        }
        drop(dying);
        assert_eq!(serving.block_on(call).unwrap(), json!({}));
        assert_eq!((stage.runtime.sleeps().len(), stage.session.api_calls().len()), (1, 1), "{taken}");
    }
}

#[tokio::test]
async fn concurrent_calls_do_not_wait_for_each_other() {
    let stage = Stage::answering([Answer::fault(Fault::Hang), Answer::json("[]")]).await;
    let first = tokio::spawn({
        let client = stage.client.clone();
        async move { client.request(Method::Get, "/api/users").await }
    });
    stage.session.until_api_calls(1).await;
    read(&stage.client).await;
    first.abort();
    stage.session.until(|seen| seen.iter().any(|seen| seen.end == End::Aborted)).await;
}
