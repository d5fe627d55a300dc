//! What `spec/` says beside the document: names, kinds of members, prose.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Result};

/// `spec/names.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Ids of operations that have none, by method and path.
    pub operations: IndexMap<String, String>,
    /// Modules of tags whose own name does not do.
    pub modules: IndexMap<String, String>,
    /// Groups of features, and the tags in them; every other tag is in `management`.
    pub groups: IndexMap<String, Vec<String>>,
    /// What groups are about, beside their names, by module.
    pub nouns: IndexMap<String, Vec<String>>,
    /// Methods whose derived name does not do, by operation id.
    pub methods: IndexMap<String, String>,
    /// Setters and arguments whose derived name does not do, by `Operation.parameter` or parameter.
    pub parameters: IndexMap<String, String>,
    /// Types: the places that are of that type.
    pub types: IndexMap<String, Vec<String>>,
    /// Types that stay apart from what is structurally equal to them.
    pub apart: Vec<String>,
    /// Types that several groups use, by the file they go to; the first that fits counts.
    pub files: IndexMap<String, Vec<String>>,
    /// Variants whose derived name does not do, by `Type.value`, or by value.
    pub variants: IndexMap<String, String>,
}

/// `spec/members.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Members {
    /// Numbers that are milliseconds since the epoch, by member or `Type.member`.
    pub milliseconds: Vec<String>,
    /// Numbers that are seconds since the epoch; they go before milliseconds.
    pub seconds: Vec<String>,
    /// Members that debug output must not show, by member or `Type.member`.
    pub secrets: Vec<String>,
    /// Members that a secret's name catches although they are none, by `Type.member`.
    pub open: Vec<String>,
}

/// `spec/summaries.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Summaries {
    pub groups: IndexMap<String, String>,
    pub operations: IndexMap<String, String>,
}

/// `spec/docs.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Docs {
    pub types: IndexMap<String, String>,
    /// By member, whatever its type.
    pub members: IndexMap<String, String>,
    /// By `Type.member`; they go before `members`.
    pub type_members: IndexMap<String, String>,
    pub parameters: IndexMap<String, String>,
    pub values: IndexMap<String, String>,
}

#[derive(Debug, Default)]
pub struct Settings {
    pub names: Names,
    pub members: Members,
    pub summaries: Summaries,
    pub docs: Docs,
}

impl Settings {
    pub fn load(spec: &Path) -> Result<Self> {
        Ok(Self {
            names: read(&spec.join("names.toml"))?,
            members: read(&spec.join("members.toml"))?,
            summaries: optional(&spec.join("summaries.toml"))?,
            docs: optional(&spec.join("docs.toml"))?,
        })
    }
}

/// Reads a table of `spec/`.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let failure = |problem: String| Failure::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
    toml::from_str(&text).map_err(|error| failure(error.to_string()))
}

fn optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T> {
    if path.exists() { read(path) } else { Ok(T::default()) }
}
