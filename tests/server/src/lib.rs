//! A test server on 127.0.0.1 that misbehaves on request.
//!
//! A test opens a session with a [`Script`], points its client to the session's URL, and reads the requests that the
//! session has [`Seen`]. Native tests start a [`TestServer`] in their own process. Wasm tests send requests to
//! `/control/` of the program `test-server`, which `cargo xtask test` starts.

#![allow(clippy::expect_used, reason = "a test that cannot continue has failed")]

mod script;

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod authority;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod connection;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod control;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod http2;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod payload;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod proxy;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod reply;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod server;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod session;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod soak;
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod wire;

pub use script::{Answer, End, Fault, Payload, Script, Seen};

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
pub use {
    authority::Authority,
    proxy::TestProxy,
    server::{TestServer, Tls, refusing_url},
    session::Session,
    soak::{Handled, Soak},
};
