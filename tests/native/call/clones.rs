//! Clones share expensive state. Changing a clone does not affect the original client.

use std::time::Duration;

use logto_admin::{Client, RetryPolicy};
use logto_admin_test_support::{ScriptedTransport, token_answer};

use crate::stage::{Stage, header, ok};

fn stage() -> Stage {
    Stage::set_up(ScriptedTransport::api(|_| ok("[]")), |builder| builder.header("x-one", "1"))
}

/// The values that a client sends for these headers.
fn sent(client: &Client, names: [&str; 2]) -> [Option<String>; 2] {
    let request = client.users().list().to_http().unwrap();
    names.map(|name| header(&request, name).map(str::to_owned))
}

#[test]
fn clones_share_the_token() {
    let stage = stage();
    let clones = [stage.client.clone(), stage.client.with_timeout(Duration::from_secs(1))];
    for client in clones {
        stage.run(client.users().list()).unwrap();
    }
    assert_eq!(stage.transport.token_calls().len(), 1);
}

#[test]
fn a_clone_copies_two_pointers() {
    assert_eq!(size_of::<Client>(), 2 * size_of::<usize>());
}

#[test]
fn headers_are_added_to_existing_headers() {
    let stage = stage();
    let changed = stage.client.with_headers([("x-two", "2"), ("X-Three", "3")]).unwrap();
    assert_eq!(sent(&changed, ["x-one", "x-two"]), [Some("1".into()), Some("2".into())]);
    assert_eq!(sent(&changed, ["x-three", "accept"]), [Some("3".into()), Some("application/json".into())]);
}

#[test]
fn headers_do_not_affect_the_original_client() {
    let stage = stage();
    let _changed = stage.client.with_headers([("x-one", "other"), ("x-two", "2")]).unwrap();
    assert_eq!(sent(&stage.client, ["x-one", "x-two"]), [Some("1".into()), None]);
}

#[test]
fn cookies_do_not_affect_the_original_client() {
    let stage = stage();
    let changed = stage.client.with_cookies([("a", "1"), ("b", "2")]).unwrap();
    assert_eq!(sent(&changed, ["cookie", "x-one"]), [Some("a=1; b=2".into()), Some("1".into())]);
    assert_eq!(sent(&stage.client, ["cookie", "x-one"]), [None, Some("1".into())]);
}

#[test]
fn timeouts_do_not_affect_the_original_client() {
    let transport = ScriptedTransport::new(|_, options| async move {
        match options.token_call {
            true => Ok(token_answer("t", 3600)),
            false => std::future::pending().await,
        }
    });
    let stage = Stage::set_up(transport, |builder| builder.retry(RetryPolicy::NEVER));
    let hasty = stage.client.with_timeout(Duration::from_secs(1));
    let elapsed = |client: &Client| stage.run(client.users().list()).unwrap_err().elapsed().as_secs();
    assert_eq!((elapsed(&hasty), elapsed(&stage.client)), (1, 30));
}

#[test]
fn invalid_headers_and_cookies_are_rejected() {
    let client = stage().client;
    assert!(client.with_headers([("x", "a\r\nb")]).is_err());
    assert!(client.with_cookies([("a", "b; c=d")]).is_err());
}
