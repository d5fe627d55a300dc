//! What the features of the crate add.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[cfg(feature = "blocking")]
mod blocking;
mod prefetch;
#[cfg(feature = "tracing")]
mod tracing;
