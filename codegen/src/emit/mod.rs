//! Generates source text from a plan.

mod answers;
mod api;
mod cfg;
mod defaults;
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

pub use defaults::Defaults;
pub use docs::Docs;
pub use features::with_features;
pub use variants::{values_of, variant_names};

use serde_json::Value;

use crate::corrections::{Corrections, Document};
use crate::failure::Result;
use crate::pipeline::Plan;
use crate::release::Release;
use crate::settings::Settings;

/// Returns all generated files, by path relative to the workspace.
pub fn files(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let mut files = unformatted(plan)?;
    for (_, text) in files.iter_mut().filter(|(path, _)| path.ends_with(".rs")) {
        *text = text::formatted(text)?;
    }
    Ok(files)
}

/// Returns the files before rustfmt, which takes most of the time.
pub fn unformatted(plan: &Plan) -> Result<BTreeMap<String, String>> {
    let mut files = models::files(plan)?;
    files.extend(api::files(plan)?);
    files.insert("src/operation/table.rs".to_owned(), table::file_text(plan)?);
    files.insert("tests/native/operations/dispatch.rs".to_owned(), dispatch::file_text(plan)?);
    files.extend(javascript::files(plan));
    Ok(files)
}

/// Returns the files generated from a document alone, by path. They ignore the settings in `spec/`, and are not
/// formatted.
///
/// # Errors
/// Fails if the document is not an API document.
pub fn files_of(document: Value) -> Result<BTreeMap<String, String>> {
    let document = Document { release: Release::NEXT, value: document };
    unformatted(&Plan::of(vec![document], Settings::default(), &Corrections::default(), false)?)
}
