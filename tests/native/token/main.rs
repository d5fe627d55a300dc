//! How the client gets, shares, renews and loses its access tokens, over a scripted token endpoint and on a clock that
//! stands still.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
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
