//! Users in bulk: import, undo of an import, and export.

mod attempts;
mod completion;
mod creation;
mod creation_outcome;
pub mod diagnostic;
mod digest;
pub mod existing;
pub mod export;
pub mod import;
pub mod input;
pub mod journal;
pub mod matched;
pub mod names;
pub mod outage;
pub mod record;
pub(crate) mod record_members;
pub mod record_reader;
pub mod record_result;
mod retry;
pub mod seen_ids;
pub mod sources;
pub mod summary;
mod totp;
pub mod undo;
mod user_bodies;
pub mod validate;
pub mod write;
