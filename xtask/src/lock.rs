//! Reads versions and checksums from Cargo.lock.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{command, files};

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Returns the version of a crate in the workspace's Cargo.lock. Generates the file if it is missing.
pub(crate) fn version_of(name: &str) -> Result<String> {
    if !command::root().join("Cargo.lock").exists() {
        command::run(command::cargo().arg("generate-lockfile"))?;
    }
    version_in(&files::read("Cargo.lock")?.text, name)
}

/// Returns the checksums of crates by name and version. Crates of the workspace have none.
pub(crate) fn checksums() -> Result<HashMap<(String, String), String>> {
    let packages = parse(&files::read("Cargo.lock")?.text)?.package.into_iter();
    Ok(packages.filter_map(|package| Some(((package.name, package.version), package.checksum?))).collect())
}

fn parse(lock: &str) -> Result<Lock> {
    toml::from_str(lock).context("invalid Cargo.lock")
}

fn version_in(lock: &str, name: &str) -> Result<String> {
    let lock = parse(lock)?;
    let mut versions = lock.package.into_iter().filter(|package| package.name == name);
    match (versions.next(), versions.next()) {
        (Some(package), None) => Ok(package.version),
        (Some(_), Some(_)) => bail!("Cargo.lock has several versions of {name}, expected one"),
        (None, _) => bail!("Cargo.lock has no {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
        version = 4

        [[package]]
        name = "wasm-bindgen"
        version = "0.2.130"
        source = "registry+https://example.com"
        dependencies = ["wasm-bindgen-macro"]

        [[package]]
        name = "wasm-bindgen-macro"
        version = "0.2.129"

        [[package]]
        name = "syn"
        version = "1.0.0"

        [[package]]
        name = "syn"
        version = "2.0.0"
    "#;

    #[test]
    fn the_name_must_match_exactly() {
        assert_eq!(version_in(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn missing_and_ambiguous_versions_and_invalid_files_are_errors() {
        assert!(version_in(LOCK, "wasm").unwrap_err().to_string().contains("no wasm"));
        assert!(version_in(LOCK, "syn").unwrap_err().to_string().contains("several"));
        assert!(version_in("[package", "syn").is_err());
    }
}
