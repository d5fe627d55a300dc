//! Generates source text from a plan.

mod answers;
mod api;
mod cfg;
mod dispatch;
mod docs;
mod features;
mod javascript;
mod methods;
mod models;
mod parameters;
mod setter_links;
mod structs;
mod table;
mod text;
mod types;
mod unions;
mod variants;

use std::collections::BTreeMap;

pub use docs::Docs;
pub use features::with_features;
pub use javascript::{DEFAULTS, defaults};
pub use methods::method_name;
pub use variants::{values_of, variant_names};

use crate::failure::Result;
use crate::pipeline::Plan;

/// Returns all generated files, by path relative to the workspace.
pub fn files(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let mut files = models::files(plan)?;
    files.extend(api::files(plan)?);
    files.insert("src/operation/table.rs".to_owned(), table::file_text(plan)?);
    files.insert("tests/native/operations/dispatch.rs".to_owned(), dispatch::file_text(plan)?);
    files.extend(javascript::files(plan));
    Ok(files)
}
