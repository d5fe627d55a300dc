//! Writes software bills of materials in the format CycloneDX 1.6.
//!
//! cargo-cyclonedx lists what the whole workspace needs with all features. These lists come from `cargo tree`, so they
//! contain what a build of the crate, module or image contains.

mod cyclonedx;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use self::cyclonedx::Subject;
use crate::tool::WASM;
use crate::tree::Selection;
use crate::{command, lock, npm, tool, tree};

const LINUX: &str = "x86_64-unknown-linux-gnu";
const ALL: &[&str] = &["--all-features"];
const EDGES: &str = "normal,build";

const fn crate_with_all_features(package: &'static str) -> Selection {
    Selection { package, features: ALL, target: "all", edges: EDGES }
}

const fn module(package: &'static str) -> Selection {
    Selection { package, features: &[], target: WASM, edges: EDGES }
}

/// Published packages, with the crates in them.
const SUBJECTS: [(Subject, &[Selection]); 5] = [
    (Subject { name: "logto-admin", kind: "library", purl: "cargo" }, &[crate_with_all_features("logto-admin")]),
    (
        Subject { name: "logto-admin-emulator", kind: "library", purl: "cargo" },
        &[crate_with_all_features("logto-admin-emulator")],
    ),
    (
        Subject { name: "logto-admin-cli", kind: "application", purl: "cargo" },
        &[crate_with_all_features("logto-admin-cli")],
    ),
    (
        Subject { name: "logto-admin", kind: "library", purl: "npm" },
        &[module("logto-admin-js"), module("logto-admin-js-emulator")],
    ),
    (
        Subject { name: "logto-admin-emulator", kind: "container", purl: "oci" },
        &[Selection { package: "logto-admin-emulator", features: &[], target: LINUX, edges: EDGES }],
    ),
];

/// Writes a file for each crate, the npm package and the image, and validates them.
pub(crate) fn write() -> Result<()> {
    npm::ensure(tool::NPM)?;
    let folder = command::target().join("sbom");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut paths = Vec::new();
    let (time, checksums) = (commit_time()?, lock::checksums()?);
    for (subject, selections) in SUBJECTS {
        let trees = selections.iter().map(tree::nodes).collect::<Result<Vec<_>>>()?;
        let document = cyclonedx::document(&subject, &time, &trees, &checksums)?;
        paths.push(write_one(&folder, &subject, &document)?);
    }
    command::run(command::program("node").arg("xtask/tools/validate-sbom.mjs").args(&paths))?;
    println!("Valid: {} files in {}", paths.len(), folder.display());
    Ok(())
}

fn write_one(folder: &Path, subject: &Subject, document: &Value) -> Result<PathBuf> {
    let path = folder.join(format!("{}-{}.cdx.json", subject.name, subject.purl));
    let text = serde_json::to_string_pretty(document)?;
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{}: {} components", path.display(), cyclonedx::components(document));
    Ok(path)
}

/// Returns the time of the last commit. The same commit results in the same files.
fn commit_time() -> Result<String> {
    let mut git = command::program("git");
    git.args(["log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%SZ"]).env("TZ", "UTC");
    Ok(command::output(&mut git)?.trim().to_owned())
}
