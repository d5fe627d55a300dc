//! Settings in `spec/` besides the API documents: names, kinds of members, and prose.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, Result};
use crate::lifetimes::Lifetimes;
use crate::release::Release;

/// `spec/names.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Modules of tags whose derived name is unsuitable, by tag.
    pub modules: IndexMap<String, String>,
    /// Features that contain several groups, with their tags. All other tags belong to `management`.
    pub groups: IndexMap<String, Vec<String>>,
    /// Nouns besides the group's name that its method names omit, by module.
    pub nouns: IndexMap<String, Vec<String>>,
    /// Names of methods whose derived name is unsuitable, by operation id.
    pub methods: IndexMap<String, String>,
    /// Names of setters and arguments whose derived name is unsuitable. The keys are `Operation.parameter` or
    /// `parameter`.
    pub parameters: IndexMap<String, String>,
    /// Names of types, with the places that have this type.
    pub types: IndexMap<String, Vec<String>>,
    /// Types that are not merged with structurally equal ones.
    pub apart: Vec<String>,
    /// Patterns of types that several groups use, by the file that contains them. The first match wins.
    pub files: IndexMap<String, Vec<String>>,
    /// Names of variants whose derived name is unsuitable, by `Type.value` or `value`.
    pub variants: IndexMap<String, String>,
}

/// `spec/members.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Members {
    /// Numbers in milliseconds since the epoch, by `member` or `Type.member`.
    pub milliseconds: Vec<String>,
    /// Numbers in seconds since the epoch. Takes precedence over `milliseconds`.
    pub seconds: Vec<String>,
    /// Members that must not appear in debug output, by `member` or `Type.member`.
    pub secrets: Vec<String>,
    /// Members that match an entry of `secrets` but are not secret, by `Type.member`.
    pub open: Vec<String>,
    /// Members that a release sends although its document lacks them.
    pub undocumented: IndexMap<Release, Vec<String>>,
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
    /// By `member`, for every type.
    pub members: IndexMap<String, String>,
    /// By `Type.member`. Takes precedence over `members`.
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
    pub lifetimes: Lifetimes,
}

impl Settings {
    pub fn load(spec: &Path) -> Result<Self> {
        Ok(Self {
            names: read(&spec.join("names.toml"))?,
            members: read(&spec.join("members.toml"))?,
            summaries: optional(&spec.join("summaries.toml"))?,
            docs: optional(&spec.join("docs.toml"))?,
            lifetimes: Lifetimes::load(spec)?,
        })
    }
}

/// Reads a TOML file of `spec/`.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let failure = |problem: String| Failure::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| failure(format!("cannot read the file: {error}")))?;
    toml::from_str(&text).map_err(|error| failure(error.to_string()))
}

fn optional<T: DeserializeOwned + Default>(path: &Path) -> Result<T> {
    if path.exists() { read(path) } else { Ok(T::default()) }
}
