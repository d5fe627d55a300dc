//! Tests of the client over TLS, with each library for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

#[path = "../../../native/transport/child.rs"]
mod child;
#[path = "../../../native/transport/stage.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod stage;
mod tls;
