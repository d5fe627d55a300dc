//! Generates the TypeScript facade of the npm package. It has the models, and one file per group with its table and the
//! types of its methods.

mod api;
mod comment;
mod models;
mod table;
mod types;

use std::collections::BTreeMap;

use super::text::NOTICE;
use crate::pipeline::Plan;

/// Returns all files, by path relative to the workspace.
pub fn files(plan: &Plan) -> BTreeMap<String, String> {
    let mut files = api::files(plan);
    files.insert("bindings/js/lib/models.ts".to_owned(), format!("{NOTICE}{}", models::text(plan)));
    files
}
