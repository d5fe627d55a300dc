//! The id and the releases of each operation (`spec/releases.json`).

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::document::for_each_operation;
use crate::failure::{Failure, Result};
use crate::release::Release;

/// The id of an operation, and the releases that have it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetime {
    /// Documents of older releases lack the ids of some operations.
    pub id: String,
    pub since: Release,
    /// The last release with the operation, if it was removed.
    pub until: Option<Release>,
}

/// The lifetime of each operation, by method and path without parameter names.
#[derive(Debug, Default)]
pub struct Lifetimes(IndexMap<String, Lifetime>);

impl Lifetimes {
    pub fn load(spec: &Path) -> Result<Self> {
        let path = spec.join("releases.json");
        let failure = |problem: String| Failure::File { path: path.display().to_string(), problem };
        let text = std::fs::read_to_string(&path).map_err(|error| failure(format!("cannot read the file: {error}")))?;
        let entries: IndexMap<String, Lifetime> =
            serde_json::from_str(&text).map_err(|error| failure(format!("invalid entry: {error}")))?;
        Ok(Self(entries.into_iter().map(|(operation, lifetime)| (without_names(&operation), lifetime)).collect()))
    }

    /// Returns the newest release with the operations of a document. Unknown ones do not count.
    pub fn release_of(&self, document: &mut Value) -> Release {
        let mut offered = HashSet::new();
        for_each_operation(document, |method, path, _| {
            offered.insert(without_names(&format!("{method} {path}")));
        });
        let (mut first, mut last) = (Release::OLDEST, Release::NEXT);
        for (operation, lifetime) in &self.0 {
            match (offered.contains(operation), lifetime.until) {
                (true, until) => {
                    first = first.max(lifetime.since);
                    last = last.min(until.unwrap_or(Release::NEXT));
                }
                (false, None) => last = last.min(lifetime.since.previous()),
                (false, Some(_)) => {}
            }
        }
        last.max(first)
    }

    pub fn of(&self, method: &str, path: &str) -> Option<&Lifetime> {
        self.0.get(&without_names(&format!("{method} {path}")))
    }
}

/// Returns a path without the names of its parameters. They differ between releases.
pub fn without_names(path: &str) -> String {
    path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step }).collect::<Vec<_>>().join("/")
}
