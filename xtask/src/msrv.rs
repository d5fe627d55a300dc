//! Checks the oldest supported Rust version.
//!
//! Clippy's `incompatible_msrv` checks the crate's own use of the standard library. This module checks
//! the versions that its dependencies require.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::command;

const CRATE: &str = "logto-admin";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    rust_version: Option<String>,
}

/// Compares the crate's `rust-version` with the `rust-version` of all its dependencies.
pub(crate) fn check() -> Result<()> {
    let json = command::output(command::cargo().args(["metadata", "--format-version", "1", "--all-features"]))?;
    let tree = command::output(command::cargo().args([
        "tree",
        "-p",
        CRATE,
        "--all-features",
        "--target",
        "all",
        "-e",
        "normal,build",
        "--prefix",
        "none",
    ]))?;
    let metadata: Metadata = serde_json::from_str(&json).context("cannot read cargo's metadata")?;
    let promised = metadata.packages.iter().find(|package| package.name == CRATE);
    let promised = promised.and_then(|package| package.rust_version.as_deref());
    let promised = promised.context("Cargo.toml has no rust-version")?;
    let newer = newer_than(promised, &metadata.packages, &tree)?;
    ensure!(newer.is_empty(), "these crates need a newer Rust than {promised}: {}", newer.join(", "));
    println!("No dependency of {CRATE} needs a newer Rust than {promised}");
    Ok(())
}

/// Returns the packages in `tree` that need a newer Rust. Each line of `tree` starts with `name vVERSION`.
fn newer_than(promised: &str, packages: &[Package], tree: &str) -> Result<Vec<String>> {
    let promised = parse(promised)?;
    let packages: HashMap<(&str, &str), &Package> =
        packages.iter().map(|package| ((package.name.as_str(), package.version.as_str()), package)).collect();
    let mut newer = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let version = words.next().unwrap_or_default().trim_start_matches('v');
        let package = packages
            .get(&(name, version))
            .with_context(|| format!("unknown package in the output of `cargo tree`: {line:?}"))?;
        let Some(needed) = &package.rust_version else {
            continue;
        };
        let finding = format!("{name} {version} ({needed})");
        if parse(needed)? > promised && !newer.contains(&finding) {
            newer.push(finding);
        }
    }
    Ok(newer)
}

/// Parses a Rust version. `1.88` and `1.88.0` are equal.
fn parse(version: &str) -> Result<[u32; 3]> {
    let mut parsed = [0; 3];
    for (number, text) in parsed.iter_mut().zip(version.split('.')) {
        *number = text.parse().with_context(|| format!("invalid Rust version {version:?}"))?;
    }
    Ok(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, rust_version: Option<&str>) -> Package {
        Package { name: name.to_owned(), version: "1.0.0".to_owned(), rust_version: rust_version.map(str::to_owned) }
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse("1.100").unwrap() > parse("1.88").unwrap());
        assert_eq!(parse("1.88").unwrap(), parse("1.88.0").unwrap());
        assert!(parse("new").is_err());
    }

    #[test]
    fn only_newer_packages_in_the_tree_are_found() {
        let packages = [
            package("old", Some("1.56")),
            package("new", Some("1.90")),
            package("silent", None),
            package("elsewhere", Some("1.95")),
        ];
        let tree = "old v1.0.0\nnew v1.0.0 (proc-macro)\nnew v1.0.0 (*)\n\nsilent v1.0.0\n";
        assert_eq!(newer_than("1.88", &packages, tree).unwrap(), ["new 1.0.0 (1.90)"]);
    }

    #[test]
    fn unknown_packages_are_errors() {
        assert!(newer_than("1.88", &[], "what v1.0.0").is_err());
    }
}
