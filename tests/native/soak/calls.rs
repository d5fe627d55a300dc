//! Calls whose effect the server counts.

use std::time::Duration;

use logto_admin::transport::{Method, ReqwestTransport};
use logto_admin::{Client, ClientBuilder, Endpoint, Error, ErrorKind, Result};
use logto_admin_test_server::Soak;
use serde_json::json;

/// Returns a builder for a client of the server.
pub(crate) fn builder(soak: &Soak) -> ClientBuilder {
    Client::builder(Endpoint::self_hosted(soak.url()))
        .client_credentials("app-id", "app-secret")
        .transport(ReqwestTransport::builder().no_proxy().build().unwrap())
        .timeout(Duration::from_secs(1))
}

/// Makes a read for even ids, and a write for odd ones.
pub(crate) async fn call(client: &Client, soak: &Soak, id: u64) -> Result<()> {
    if is_write(id) { write(client, soak, id).await } else { read(client, soak, id).await }
}

pub(crate) const fn is_write(id: u64) -> bool {
    !id.is_multiple_of(2)
}

/// An answer must belong to its call.
async fn read(client: &Client, soak: &Soak, id: u64) -> Result<()> {
    let read = client.request(Method::Get, "/api/users").query("id", id).await;
    let _ = soak.take(id);
    assert_eq!(read?, json!({ "id": id }));
    Ok(())
}

/// A write must be carried out once if it succeeds, and at most once if it fails.
async fn write(client: &Client, soak: &Soak, id: u64) -> Result<()> {
    let written = client.request(Method::Post, "/api/roles").query("id", id).json(&json!({})).await;
    let carried_out = soak.take(id);
    match written {
        Ok(answer) => {
            assert_eq!(answer, json!({ "id": id }));
            assert_eq!(carried_out, 1, "call {id}");
            Ok(())
        }
        Err(error) => {
            assert!(is_of_the_network(&error), "call {id}: {error}");
            assert!(carried_out <= 1, "call {id} was carried out {carried_out} times: {error}");
            Err(error)
        }
    }
}

/// Whether the network or the server caused an error, and not the client.
fn is_of_the_network(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Api | ErrorKind::Token
    )
}

/// Returns the memory in use by this process, in bytes, or `None` if the system does not report it.
pub(crate) fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<usize>().ok().map(|kilobytes| kilobytes << 10)
}
