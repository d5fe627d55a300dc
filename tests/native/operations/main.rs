//! Compares the typed code of every operation with recordings and API documents. The recordings are exchanges of a real
//! server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot continue has failed, and prints the reason"
)]

mod dispatch;
mod document;
mod failures;
mod recordings;
mod typed;
