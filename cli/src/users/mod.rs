//! Users in bulk: import, undo of an import, and export.

mod attempt;
mod digest;
pub mod existing;
pub mod export;
pub mod finding;
pub mod import;
pub mod input;
pub mod journal;
pub(crate) mod members;
pub mod names;
pub mod reading;
pub mod record;
pub mod report;
mod retry;
pub mod sources;
mod totp;
pub mod undo;
pub mod validate;
pub mod write;
