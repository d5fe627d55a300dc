//! Tests of the client in a JavaScript runtime, with the real fetch and clock.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

mod calls;
mod emulator;
mod fetch;
mod runtime;
mod support;
mod tokens;
