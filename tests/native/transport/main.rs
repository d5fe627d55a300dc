//! Tests over real connections: a server that misbehaves on request, and a proxy.
//!
//! The tests use a fake clock. It skips delays between attempts, and timeouts only expire when a test advances it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

mod answers;
mod bounds;
mod child;
mod connections;
mod faults;
mod proxy;
mod redirects;
mod stage;
mod statuses;
mod timeouts;
mod tokens;
mod transport;
