//! The generator reads any document, or explains why it cannot.

use std::path::Path;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use serde_json::{Map, Value};

use crate::edits;

static SMALL: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../codegen/fixtures/small.json")).expect("the document is JSON")
});

/// The document of a real release. All of it takes too long, so an input has one of its paths.
static REAL: LazyLock<Value> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/logto-1.42.json");
    serde_json::from_slice(&std::fs::read(file).expect("the document can be read")).expect("the document is JSON")
});

/// The input names a document, and changes it. It is the generator's small one for 0, otherwise one with a real path.
/// Only some of the paths are seeds: each takes long, and a changed number leads to another path.
pub fn seeds() -> Vec<Vec<u8>> {
    let steps = (0..=u8::MAX).step_by(5).flat_map(|at| [[at, 7, 2, at], [at, at, 1, 0], [7, at, 3, at]]);
    let small = steps.map(|edit| edit.to_vec()).chain([Vec::new()]).map(|edit| input(0, &edit));
    let real = (1..=paths().len() as u16).step_by(4).map(|number| input(number, &[]));
    small.chain(real).collect()
}

fn input(document: u16, edit: &[u8]) -> Vec<u8> {
    [document.to_le_bytes().as_slice(), edit].concat()
}

fn paths() -> &'static Map<String, Value> {
    REAL["paths"].as_object().expect("the document has paths")
}

/// Returns the document of this number.
fn document(number: u16) -> Value {
    let paths = paths();
    match usize::from(number) % (paths.len() + 1) {
        0 => SMALL.clone(),
        number => with_path(paths.iter().nth(number - 1).expect("a path")),
    }
}

/// Returns the real document with one of its paths only.
fn with_path((path, item): (&String, &Value)) -> Value {
    let document = REAL.as_object().expect("an object").iter().filter(|(name, _)| *name != "paths");
    let mut document: Map<_, _> = document.map(|(name, value)| (name.clone(), value.clone())).collect();
    document.insert("paths".to_owned(), Map::from_iter([(path.clone(), item.clone())]).into());
    document.into()
}

pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let mut document = document(input.arbitrary().unwrap_or_default());
    edits::edit(&mut document, &mut input);
    if let Err(failure) = logto_admin_codegen::files_of(document) {
        assert!(!failure.to_string().trim().is_empty(), "the failure has no text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_small_document_or_a_path_of_a_release() {
        assert_eq!(document(0), *SMALL);
        let count = paths().len() as u16;
        assert!(count > 100, "{count}");
        for number in (1..=count).step_by(40) {
            let files = logto_admin_codegen::files_of(document(number));
            assert!(files.is_ok(), "{number}: {:?}", files.err());
        }
    }
}
