//! The API document: schemas, checks of requests with them, and sample responses.

pub(crate) mod amendments;
pub(crate) mod formats;
pub(crate) mod open_api;
pub(crate) mod parsed;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod validate;
pub(crate) mod validation_issues;
