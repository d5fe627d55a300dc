//! Code generator of logto-admin. It reads the API documents in `spec/`, applies the corrections, and writes `src/api`,
//! `src/models` and the other generated files.

// All modules are private, so `pub` items are only visible within the crate.
#![allow(unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod answers;
mod bodies;
mod build;
mod classes;
mod command;
mod contracts;
mod corrections;
mod document;
mod emit;
mod failure;
mod graph;
mod groups;
mod lifetimes;
mod loosened;
mod lower;
mod merge_releases;
mod methods;
mod model;
mod naming;
mod operations;
mod output;
mod own_crate;
mod pipeline;
mod prose;
mod reach;
mod reader;
mod release;
mod report;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod unsupported;
mod words;

pub use command::main;
pub use emit::files_of;
pub use failure::Failure;
pub use loosened::loosened_members;
pub use pipeline::{documents_by_release, newest_documents};
