//! Reads `spec/`, corrects it, and writes `src/api` and `src/models` of logto-admin from it.

// The modules are private: what is `pub` in them goes no further than the crate.
#![allow(unreachable_pub)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod answers;
mod build;
mod command;
mod contracts;
mod corrections;
mod document;
mod emit;
mod failure;
mod graph;
mod groups;
mod lower;
mod merge;
mod model;
mod naming;
mod operations;
mod output;
mod pipeline;
mod prose;
mod reach;
mod reader;
mod report;
mod schema;
mod settings;
#[cfg(test)]
mod tests;
mod words;

pub use command::main;
pub use failure::Failure;
pub use pipeline::corrected_documents;
