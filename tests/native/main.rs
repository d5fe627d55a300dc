//! Tests of the client's behaviour, one behaviour per test. They use a scripted transport and a fake clock.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot continue has failed"
)]

mod call;
mod cases;
mod ergonomics;
mod errors;
mod input;
mod lists;
mod search;
mod secrets;
mod stage;
