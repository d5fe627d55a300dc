//! Compares the reviewed dependencies with those of the manifests.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::metadata::{self, PUBLISHED, Package};
use crate::{files, part};

/// The modules of the npm package.
const MODULES: [&str; 2] = ["logto-admin-js", "logto-admin-js-emulator"];

/// Returns what the review lacks, and what it contains although no manifest does.
pub(crate) fn problems(review: &str) -> Result<Vec<String>> {
    let mut needed = of_crates(&metadata::workspace()?);
    needed.extend(of_package(&files::read(&format!("{}/package.json", part::PACKAGE))?.text)?);
    Ok(compare(&needed, &reviewed(review)))
}

fn compare(needed: &BTreeSet<String>, reviewed: &BTreeSet<String>) -> Vec<String> {
    let missing = needed.difference(reviewed).map(|name| format!("{name} has no review"));
    let unneeded = reviewed.difference(needed).map(|name| format!("{name} is not a direct dependency"));
    missing.chain(unneeded).collect()
}

/// Returns the direct dependencies of what is published. Leaves out those for tests and those of this workspace.
fn of_crates(packages: &[Package]) -> BTreeSet<String> {
    let published = packages
        .iter()
        .filter(|package| PUBLISHED.contains(&package.name.as_str()) || MODULES.contains(&package.name.as_str()));
    let dependencies = published.flat_map(|package| &package.dependencies);
    let outside = dependencies.filter(|dependency| dependency.source.is_some());
    outside.filter(|dependency| dependency.kind.as_deref() != Some("dev")).map(|it| it.name.clone()).collect()
}

/// Returns the dependencies that npm installs with the package.
fn of_package(manifest: &str) -> Result<Vec<String>> {
    let manifest: Value = serde_json::from_str(manifest).context("invalid package.json")?;
    let kinds = ["dependencies", "optionalDependencies", "peerDependencies"];
    let lists = kinds.iter().filter_map(|kind| manifest.get(kind)?.as_object());
    Ok(lists.flat_map(|list| list.keys().cloned()).collect())
}

/// Returns the names in the first column of the tables of crates. A name is code: ``| `serde` | … |``.
fn reviewed(review: &str) -> BTreeSet<String> {
    let tables = review.split("\n\n").filter(|block| block.starts_with("| crate |"));
    let names = tables.flat_map(str::lines).filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn dependency(name: &str, kind: Option<&str>, source: Option<&str>) -> Dependency {
        Dependency { name: name.to_owned(), kind: kind.map(str::to_owned), source: source.map(str::to_owned) }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_direct_dependency_of_published_crates_needs_a_review() {
        let package = |name: &str, dependencies| Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            rust_version: None,
            manifest_path: "Cargo.toml".into(),
            dependencies,
        };
        let packages = [
            package(
                "logto-admin-cli",
                vec![
                    dependency("csv", None, Some("registry")),
                    dependency("cc", Some("build"), Some("registry")),
                    dependency("boon", Some("dev"), Some("registry")),
                    dependency("logto-admin", None, None),
                ],
            ),
            package("logto-admin-js", vec![dependency("slab", None, Some("registry"))]),
            package("xtask", vec![dependency("regex", None, Some("registry"))]),
        ];
        assert_eq!(of_crates(&packages), names(&["cc", "csv", "slab"]));
    }

    #[test]
    fn what_npm_installs_with_the_package_needs_a_review() {
        let manifest =
            r#"{ "dependencies": { "a": "1" }, "peerDependencies": { "b": "1" }, "devDependencies": { "c": "1" } }"#;
        assert_eq!(of_package(manifest).unwrap(), ["a", "b"]);
    }

    #[test]
    fn missing_and_superfluous_reviews_are_reported() {
        let review = "# Review\n\n| crate | what for |\n| --- | --- |\n| `serde` | JSON |\n| `old` | … |\n\nText with `csv`.\n\n\
                      | file | what |\n| --- | --- |\n| `csv` | … |\n";
        assert_eq!(reviewed(review), names(&["old", "serde"]));
        assert_eq!(
            compare(&names(&["csv", "serde"]), &reviewed(review)),
            ["csv has no review", "old is not a direct dependency"]
        );
    }
}
