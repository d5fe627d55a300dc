//! Reads `spec/`, corrects it, and writes `src/api` and `src/models` of logto-admin from it.

mod command;
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
mod report;
mod schema;
mod settings;
mod words;

pub use command::main;
pub use failure::Failure;
pub use pipeline::corrected_documents;
