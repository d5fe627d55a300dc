//! Calls whose effect the server counts.

use std::time::Duration;

use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin::{Client, ClientBuilder, Endpoint, Error, ErrorKind, RetryPolicy};
use logto_admin_test_server::{Handled, Soak};
use serde_json::json;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Succeeded,
    /// The server recorded a fault after which a write must not be repeated.
    Faulted,
    /// The connection was closed, and the server recorded no fault of this call.
    Cut,
}

/// Returns a builder for a client of the server.
///
/// A read has twelve attempts. One in seven meets a fault, so the probability that all of them do is 1 in 10 billion.
pub(crate) fn builder(soak: &Soak, base: Duration, longest: Duration) -> ClientBuilder {
    Client::builder(Endpoint::self_hosted(soak.url()))
        .client_credentials("app-id", "app-secret")
        .transport(ReqwestTransport::builder().no_proxy().build().unwrap())
        .retry(RetryPolicy::attempts(12).waits(base, longest))
}

/// Makes a read for even ids, and a write for odd ones.
pub(crate) async fn call(client: &Client, soak: &Soak, id: u64) -> Ended {
    if id.is_multiple_of(2) { read(client, soak, id).await } else { write(client, soak, id).await }
}

/// A read is repeated until it succeeds: no fault lasts as long as its attempts. The answer must belong to it.
async fn read(client: &Client, soak: &Soak, id: u64) -> Ended {
    let read = client.request(Method::Get, "/api/users").query("id", id).await;
    let _ = soak.take(id);
    assert_eq!(read.unwrap_or_else(|error| panic!("read {id}: {error}")), json!({ "id": id }));
    Ended::Succeeded
}

/// A write must be carried out once if it succeeds, and at most once if it fails. It fails only if the client cannot
/// know if it was carried out. It never fails because of its token, the rate limit or a connection that was refused.
async fn write(client: &Client, soak: &Soak, id: u64) -> Ended {
    let written = client.request(Method::Post, "/api/roles").query("id", id).json(&json!({})).await;
    match written {
        Ok(answer) => {
            assert_eq!(answer, json!({ "id": id }));
            assert_eq!(soak.finish(id).carried_out, 1, "write {id}");
            Ended::Succeeded
        }
        Err(error) => {
            let Handled { carried_out, in_doubt } = soak.look(id);
            assert!(carried_out <= 1, "write {id} was carried out {carried_out} times: {error}");
            assert!(if in_doubt { leaves_in_doubt(&error) } else { is_cut(&error) }, "write {id}: {error}");
            if in_doubt { Ended::Faulted } else { Ended::Cut }
        }
    }
}

fn leaves_in_doubt(error: &Error) -> bool {
    is_cut(error) || error.kind() == ErrorKind::Timeout || matches!(error.status(), Some(500 | 503))
}

fn is_cut(error: &Error) -> bool {
    error.kind() == ErrorKind::Transport
}

/// Fails if a write was carried out twice, the second time after it had ended.
pub(crate) fn no_write_was_repeated_late(soak: &Soak) {
    let repeated: Vec<_> = soak.left().into_iter().filter(|(_, call)| call.carried_out > 1).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
}

/// Returns the memory in use by this process, in bytes, or `None` if the system does not report it.
pub(crate) fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes << 10)
}
