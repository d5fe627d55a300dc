//! Releases of Logto, and the id and the releases of each operation (`spec/releases.json`).

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::document::for_each_operation;
use crate::failure::{Failure, Result};

/// A release of Logto 1.x, such as 1.36. `NEXT` is newer than every published one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Release(u16);

impl Release {
    /// The oldest release that the documents in `spec/` cover.
    pub const OLDEST: Self = Self(17);
    /// The last published release in `spec/`, which the emulator imitates.
    pub const EMULATED: Self = Self(42);
    pub const NEXT: Self = Self(u16::MAX);

    /// The releases that have a document in `spec/`, newest first.
    pub const SAMPLED: [Self; 7] = [Self::NEXT, Self(42), Self(36), Self(30), Self(24), Self(20), Self(17)];

    /// Returns the release before this one.
    const fn previous(self) -> Self {
        if self.0 == Self::NEXT.0 { Self::EMULATED } else { Self(self.0.saturating_sub(1)) }
    }

    pub const fn minor(self) -> u16 {
        self.0
    }

    /// The name of the release's document in `spec/`.
    pub fn document(self) -> String {
        if self == Self::NEXT { "logto-next.json".to_owned() } else { format!("logto-1.{}.json", self.0) }
    }

    /// Returns the sentence for items that exist since this release, or `None` if all covered releases have them.
    pub fn since_text(self) -> Option<String> {
        match self {
            Self::OLDEST => None,
            Self::NEXT => Some(format!("Since the release after Logto {}.", Self::EMULATED)),
            release => Some(format!("Since Logto {release}.")),
        }
    }
}

impl TryFrom<String> for Release {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        if text == "next" {
            return Ok(Self::NEXT);
        }
        let minor = text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
        minor.map(Self).ok_or_else(|| format!("invalid release {text:?}: expected 1.N or next"))
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEXT { f.write_str("next") } else { write!(f, "1.{}", self.0) }
    }
}

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

/// The lifetime of each operation, by method and path without the names of parameters.
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

    /// Returns the newest release that offers the operations of a document, as far as they are known.
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

/// Returns a path without the names of its parameters, which differ between releases.
pub fn without_names(path: &str) -> String {
    path.split('/').map(|step| if step.starts_with('{') { "{}" } else { step }).collect::<Vec<_>>().join("/")
}
