//! Reads versions from Cargo.lock.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::command;

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// Returns the version of a crate in the workspace's Cargo.lock. Generates the file if it is missing.
pub(crate) fn version_of(name: &str) -> Result<String> {
    let file = command::root().join("Cargo.lock");
    if !file.exists() {
        command::run(command::cargo().arg("generate-lockfile"))?;
    }
    let text = fs::read_to_string(&file).context("cannot read Cargo.lock")?;
    version_in(&text, name)
}

fn version_in(lock: &str, name: &str) -> Result<String> {
    let lock: Lock = toml::from_str(lock).context("invalid Cargo.lock")?;
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
