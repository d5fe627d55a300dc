//! Counts unsafe code: the keyword `unsafe` outside of comments and strings. Reads `src/` of each crate that a tree
//! links.
//!
//! Build scripts and procedural macros do not count, because they run during the build only. Code for other platforms and
//! behind features that are off does.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use regex::Regex;

use crate::files;
use crate::metadata::{self, Package};
use crate::scan::{Language, Scanner};
use crate::tool::WASM;
use crate::tree::{self, Selection};

const BEGIN: &str = "<!-- unsafe code: begin -->\n";
const END: &str = "<!-- unsafe code: end -->";

const LINUX: &str = "x86_64-unknown-linux-gnu";
const LINKED: &str = "normal,no-proc-macro";

/// The trees that the review describes.
const TREES: [(&str, Selection); 5] = [
    (
        "crate `logto-admin`, default features, Linux",
        Selection { package: "logto-admin", features: &[], target: LINUX, edges: LINKED },
    ),
    (
        "crate `logto-admin` without reqwest, wasm",
        Selection {
            package: "logto-admin",
            features: &["--no-default-features", "--features", "management"],
            target: WASM,
            edges: LINKED,
        },
    ),
    (
        "module of the npm package, wasm",
        Selection { package: "logto-admin-js", features: &[], target: WASM, edges: LINKED },
    ),
    (
        "crate `logto-admin-emulator`, default features, Linux",
        Selection { package: "logto-admin-emulator", features: &[], target: LINUX, edges: LINKED },
    ),
    (
        "crate `logto-admin-cli`, Linux",
        Selection { package: "logto-admin-cli", features: &[], target: LINUX, edges: LINKED },
    ),
];

/// Number of crates that the table names.
const NAMED: usize = 4;

/// Returns the review with new figures.
pub(crate) fn with_figures(review: &str) -> Result<String> {
    let (before, rest) = review.split_once(BEGIN).context("the review has no figures about unsafe code")?;
    let (_, after) = rest.split_once(END).context("the figures about unsafe code have no end")?;
    Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", table()?))
}

fn table() -> Result<String> {
    let mut counter = Counter::new()?;
    let mut table =
        "| what | crates | of these with `unsafe` | `unsafe` | most in |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for (name, selection) in &TREES {
        table.push_str(&row(name, &counter.tree(selection)?));
    }
    Ok(table)
}

/// Formats the counts of a tree by crate.
fn row(name: &str, counts: &BTreeMap<String, usize>) -> String {
    let mut with: Vec<_> = counts.iter().filter(|(_, count)| **count > 0).collect();
    with.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let total: usize = counts.values().sum();
    let most: Vec<_> = with.iter().take(NAMED).map(|(name, count)| format!("{name} {count}")).collect();
    format!("| {name} | {} | {} | {total} | {} |\n", counts.len(), with.len(), most.join(", "))
}

struct Counter {
    /// The manifests by name and version.
    manifests: HashMap<(String, String), PathBuf>,
    counted: HashMap<PathBuf, usize>,
    scanner: Scanner,
    keyword: Regex,
}

impl Counter {
    fn new() -> Result<Self> {
        let by_name = |package: Package| ((package.name, package.version), package.manifest_path);
        Ok(Self {
            manifests: metadata::all()?.into_iter().map(by_name).collect(),
            counted: HashMap::new(),
            scanner: Scanner::new()?,
            keyword: Regex::new(r"\bunsafe\b")?,
        })
    }

    /// Returns the counts of the crates in a tree. Versions of the same crate are added up.
    fn tree(&mut self, selection: &Selection) -> Result<BTreeMap<String, usize>> {
        let mut packages: Vec<_> = tree::nodes(selection)?.into_iter().map(|node| (node.name, node.version)).collect();
        packages.sort();
        packages.dedup();
        let mut counts = BTreeMap::new();
        for package in packages {
            let manifest = self.manifests.get(&package).with_context(|| format!("cargo has no {package:?}"))?.clone();
            *counts.entry(package.0).or_insert(0) += self.package(manifest)?;
        }
        Ok(counts)
    }

    fn package(&mut self, manifest: PathBuf) -> Result<usize> {
        if let Some(count) = self.counted.get(&manifest) {
            return Ok(*count);
        }
        let count = self.folder(&manifest.with_file_name("src"))?;
        self.counted.insert(manifest, count);
        Ok(count)
    }

    fn folder(&self, folder: &Path) -> Result<usize> {
        let sources = files::below(folder)?.into_iter().filter(|file| files::is_a(file, "rs"));
        sources.map(|file| Ok(self.text(&files::text(&file)?))).sum()
    }

    fn text(&self, text: &str) -> usize {
        // Most files have none, and the scanner is slow.
        if !text.contains("unsafe") {
            return 0;
        }
        self.keyword.find_iter(&self.scanner.code(Language::Rust, text)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keyword_in_code_counts() {
        let counter = Counter {
            manifests: HashMap::new(),
            counted: HashMap::new(),
            scanner: Scanner::new().unwrap(),
            keyword: Regex::new(r"\bunsafe\b").unwrap(),
        };
        let text = "#![forbid(unsafe_code)] // unsafe\nfn f() { g(\"unsafe\") }\nunsafe fn h() { unsafe { i() } }\nunsafe impl Send for J {}";
        assert_eq!(counter.text(text), 3);
    }

    #[test]
    fn rows_name_the_crates_with_most_unsafe_code() {
        let counts = [("a", 0), ("b", 2), ("c", 5), ("d", 1), ("e", 1), ("f", 1)];
        let counts = counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
        assert_eq!(row("all", &counts), "| all | 6 | 5 | 10 | c 5, b 2, d 1, e 1 |\n");
    }

    #[test]
    fn reviews_without_a_place_for_the_figures_are_errors() {
        assert!(with_figures("# Review\n").is_err());
        assert!(with_figures(&format!("# Review\n{BEGIN}")).is_err());
    }
}
