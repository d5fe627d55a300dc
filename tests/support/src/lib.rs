//! Shared code for tests of the client. It has a fake clock, a transport that plays a script, a Redis and a Prometheus
//! server.
//!
//! ```
//! use logto_admin::transport::{HttpResponse, Method};
//! use logto_admin_test_support::{FakeRuntime, ScriptedTransport, client};
//!
//! let runtime = FakeRuntime::new();
//! let transport = ScriptedTransport::answers([HttpResponse::new(503), HttpResponse::json(200, "[]")]);
//! let client = client(&transport, &runtime);
//! let answer = runtime.run(async { client.request(Method::Get, "/api/users").await });
//! assert_eq!(answer.unwrap(), logto_admin::serde_json::json!([]));
//! assert_eq!((transport.api_calls().len(), transport.token_calls().len()), (2, 1));
//! assert_eq!(runtime.sleeps().len(), 1);
//! ```

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot continue has failed")]

mod executor;
mod log;
mod prometheus;
mod redis;
mod runtime;
mod transport;

use logto_admin::{Client, ClientBuilder, Endpoint};

pub use log::written;
pub use prometheus::PrometheusServer;
pub use redis::RedisServer;
pub use runtime::FakeRuntime;
pub use transport::{IntoOutcome, ScriptedTransport, Seen, token_answer};

/// Endpoint of the clients in tests. Nothing listens there.
pub const ENDPOINT: &str = "http://127.0.0.1:9";

/// Returns a client with credentials that sends through `transport`. Its clock is that of `runtime`.
#[must_use]
pub fn client(transport: &ScriptedTransport, runtime: &FakeRuntime) -> Client {
    builder(transport, runtime).build().expect("the settings of tests are valid")
}

/// Returns the builder of [`client`].
pub fn builder(transport: &ScriptedTransport, runtime: &FakeRuntime) -> ClientBuilder {
    Client::builder(Endpoint::self_hosted(ENDPOINT))
        .client_credentials("app-id", "app-secret")
        .transport(transport.clone())
        .runtime(runtime.clone())
}

/// Returns a port of 127.0.0.1 that is free now.
fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    socket.expect("a port should be free").port()
}
