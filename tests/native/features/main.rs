//! Tests of the crate's optional features.

#![allow(clippy::expect_used, reason = "a test that cannot continue has failed")]

#[cfg(feature = "blocking")]
mod blocking;
#[cfg(feature = "metrics")]
mod metrics;
mod prefetch;
#[cfg(feature = "tracing")]
mod tracing;
