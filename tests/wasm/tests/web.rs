//! Tests of the client in a JavaScript runtime, with the real fetch and the real clock.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

#[path = "web/calls.rs"]
mod calls;
#[path = "web/emulator.rs"]
mod emulator;
#[path = "web/fetch.rs"]
mod fetch;
#[path = "web/runtime.rs"]
mod runtime;
#[path = "web/support.rs"]
mod support;
#[path = "web/tokens.rs"]
mod tokens;
