//! Every operation of the API, by its own types: against recorded exchanges with a real server, and against the API
//! document.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says why"
)]

mod dispatch;
mod document;
mod failures;
mod recordings;
mod typed;
