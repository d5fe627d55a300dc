//! How calls fare over real connections: a server that misbehaves on request, TLS, a proxy.
//!
//! The clock is the tests' own: waits between attempts are skipped, timeouts run out when a test says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
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
mod tls;
mod tokens;
mod transport;
