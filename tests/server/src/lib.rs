//! A server on 127.0.0.1 that misbehaves on request: the counterpart of the tests.
//!
//! A test opens a session with a [`Script`], sends its client to the session's URL, and reads what was [`Seen`] there.
//! Native tests do that by [`TestServer`] in their own process; wasm tests by requests to `/control/` of the program
//! `test-server`, which `cargo xtask test` starts.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

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
    soak::Soak,
};
