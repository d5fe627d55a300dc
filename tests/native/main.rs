//! How the client behaves, told by its tests: one behaviour a test, over a scripted transport and on a clock that
//! stands still.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod call;
mod errors;
mod input;
mod lists;
mod search;
mod secrets;
mod stage;
