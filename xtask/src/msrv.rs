//! Checks the oldest supported Rust version.
//!
//! Clippy's `incompatible_msrv` checks the crate's own use of the standard library. This module checks
//! the versions that its dependencies require.

use std::collections::HashMap;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command;
use crate::metadata::{self, PUBLISHED, Package};
use crate::tree::{self, Node, Selection};

const CRATE: &str = "logto-admin";

/// All crates that the crate can depend on.
const ALL: Selection =
    Selection { package: CRATE, features: &["--all-features"], target: "all", edges: "normal,build" };

/// Compares the crate's `rust-version` with the `rust-version` of all its dependencies.
pub(crate) fn check() -> Result<()> {
    let packages = metadata::all()?;
    let promised = packages.iter().find(|package| package.name == CRATE);
    let promised = promised.and_then(|package| package.rust_version.as_deref());
    let promised = promised.context("Cargo.toml has no rust-version")?;
    let newer = newer_than(promised, &packages, &tree::nodes(&ALL)?)?;
    ensure!(newer.is_empty(), "these crates need a newer Rust than {promised}: {}", newer.join(", "));
    println!("No dependency of {CRATE} needs a newer Rust than {promised}");
    Ok(())
}

/// Compiles each published crate with its own `rust-version`. Also runs the unit tests of the client.
pub(crate) fn build() -> Result<()> {
    for package in metadata::workspace()?.iter().filter(|package| PUBLISHED.contains(&package.name.as_str())) {
        let version =
            package.rust_version.as_deref().with_context(|| format!("{} has no rust-version", package.name))?;
        command::heading(&format!("{} with Rust {version}", package.name));
        for mut command in commands(&package.name, version) {
            command::run(&mut command)?;
        }
    }
    Ok(())
}

/// Returns the commands that try a published crate with a version of Rust.
fn commands(package: &str, version: &str) -> Vec<Command> {
    let cargo = |arguments: &[&str]| {
        let mut cargo = command::program("rustup");
        cargo.args(["run", "--install", version, "cargo"]).args(arguments);
        cargo.args(["--locked", "--all-features", "--package", package]);
        cargo
    };
    let mut commands = vec![cargo(&["check"])];
    if package == CRATE {
        commands.push(cargo(&["test", "--lib"]));
    }
    commands
}

/// Returns the packages in `tree` that need a newer Rust.
fn newer_than(promised: &str, packages: &[Package], tree: &[Node]) -> Result<Vec<String>> {
    let promised = parse(promised)?;
    let packages: HashMap<(&str, &str), &Package> =
        packages.iter().map(|package| ((package.name.as_str(), package.version.as_str()), package)).collect();
    let mut newer = Vec::new();
    for Node { name, version, .. } in tree {
        let package = packages
            .get(&(name.as_str(), version.as_str()))
            .with_context(|| format!("unknown package in the output of `cargo tree`: {name} {version}"))?;
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
        Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            rust_version: rust_version.map(str::to_owned),
            manifest_path: "Cargo.toml".into(),
            dependencies: Vec::new(),
        }
    }

    fn node(name: &str) -> Node {
        Node {
            depth: 1,
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: String::new(),
            repository: String::new(),
        }
    }

    #[test]
    fn the_readme_names_the_oldest_supported_rust() {
        let [manifest, readme] = ["Cargo.toml", "README.md"].map(|path| crate::files::read(path).unwrap().text);
        let (_, version) = manifest.split_once("rust-version = \"").unwrap();
        let (version, _) = version.split_once('"').unwrap();
        assert!(readme.contains(&format!("requires Rust {version} or newer")), "{version}");
    }

    #[test]
    fn the_oldest_rust_compiles_each_crate_and_tests_the_client() {
        let lines = |package| commands(package, "1.88").iter().map(command::line).collect::<Vec<_>>();
        let prefix = "rustup run --install 1.88 cargo";
        let check = |package| format!("{prefix} check --locked --all-features --package {package}");
        let test = format!("{prefix} test --lib --locked --all-features --package logto-admin");
        assert_eq!(lines(CRATE), [check(CRATE), test]);
        assert_eq!(lines("logto-admin-cli"), [check("logto-admin-cli")]);
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
        let tree = ["old", "new", "new", "silent"].map(node);
        assert_eq!(newer_than("1.88", &packages, &tree).unwrap(), ["new 1.0.0 (1.90)"]);
    }

    #[test]
    fn unknown_packages_are_errors() {
        assert!(newer_than("1.88", &[], &[node("what")]).is_err());
    }
}
