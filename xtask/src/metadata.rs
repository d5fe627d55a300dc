//! Reads the packages of the workspace and their dependencies from `cargo metadata`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::command;

/// The crates that a release publishes.
pub(crate) const PUBLISHED: [&str; 3] = ["logto-admin", "logto-admin-emulator", "logto-admin-cli"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) rust_version: Option<String>,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency as the manifest names it.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// `None` for a normal dependency.
    pub(crate) kind: Option<String>,
    /// `None` for a crate of this workspace.
    pub(crate) source: Option<String>,
}

/// Returns the packages of the workspace.
pub(crate) fn workspace() -> Result<Vec<Package>> {
    read(&["--no-deps"])
}

/// Returns the packages of the workspace and all dependencies. Includes all features and targets.
pub(crate) fn all() -> Result<Vec<Package>> {
    read(&["--all-features"])
}

fn read(arguments: &[&str]) -> Result<Vec<Package>> {
    let json =
        command::output(command::cargo().args(["metadata", "--locked", "--format-version", "1"]).args(arguments))?;
    let metadata: Metadata = serde_json::from_str(&json).context("cannot read cargo's metadata")?;
    Ok(metadata.packages)
}
