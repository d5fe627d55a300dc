//! Tests of how the client gets, shares, renews and discards access tokens. They use a scripted token endpoint and a
//! fake clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

mod concurrency;
mod deployment;
mod exchange;
mod failure;
mod hints;
mod isolation;
mod lifetime;
mod locks;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod refresher;
mod refusal;
mod scope;
mod stage;
mod store;
#[cfg(feature = "tracing")]
mod tracing;
