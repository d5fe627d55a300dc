//! Large numbers of calls to a server with random faults. No call is lost, no write is carried out twice, and memory does not
//! grow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot continue, or hangs, has failed"
)]

mod brief;
mod calls;
#[cfg(feature = "redis")]
mod long;
