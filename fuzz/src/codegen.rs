//! The generator reads any document, or explains why it cannot.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use serde_json::Value;

use crate::edits;

static SMALL: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../codegen/fixtures/small.json")).expect("the document is JSON")
});

/// The input changes the generator's small document.
pub fn seeds() -> Vec<Vec<u8>> {
    let steps = (0..=u8::MAX).step_by(3).flat_map(|at| [[at, 7, 2, at], [at, at, 1, 0], [7, at, 3, at]]);
    steps.map(|edit| edit.to_vec()).chain([Vec::new()]).collect()
}

pub fn check(data: &[u8]) {
    let mut document = SMALL.clone();
    edits::edit(&mut document, &mut Unstructured::new(data));
    if let Err(failure) = logto_admin_codegen::files_of(document) {
        assert!(!failure.to_string().trim().is_empty(), "the failure has no text");
    }
}
