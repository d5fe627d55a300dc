//! Lists the public API of the npm package with API Extractor.

use std::fs;

use anyhow::{Context, Result};

use super::Listing;
use crate::npm::{self, npm};
use crate::{command, part, tool};

/// The hand-written entry points. The others consist of generated code, which is in the repository.
const ENTRIES: [&str; 3] = ["core", "stores", "emulator"];

/// Returns a report for each entry point.
pub(super) fn listings() -> Result<Vec<Listing>> {
    npm::ensure(part::PACKAGE)?;
    npm::ensure(tool::NPM)?;
    command::run(npm(part::PACKAGE).args(["exec", "--offline", "--", "tsc", "-p", "."]))?;
    let folder = command::target().join("api");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    command::run(command::program("node").arg("xtask/tools/api-extractor.mjs").arg(&folder).args(ENTRIES))?;
    let report = |entry: &&str| {
        let file = format!("{entry}.api.md");
        let text = fs::read_to_string(folder.join(&file)).with_context(|| format!("cannot read {file}"))?;
        Ok(Listing { file: format!("npm-{file}"), text })
    };
    ENTRIES.iter().map(report).collect()
}
