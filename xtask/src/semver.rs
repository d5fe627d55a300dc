//! Compares the API of the crates with that of the last release.

use anyhow::Result;

use crate::{command, tool};

/// Fails if a change since the last release requires another version than that of Cargo.toml.
pub(crate) fn check(baseline: Option<String>) -> Result<()> {
    let Some(revision) = baseline.or_else(last_release) else {
        println!("No release to compare with");
        return Ok(());
    };
    tool::any_version("cargo-semver-checks", "^0.51")?;
    let mut check = command::cargo();
    check.args(["semver-checks", "--package", "logto-admin", "--package", "logto-admin-emulator"]);
    command::run(check.args(["--baseline-rev", &revision]))
}

/// Returns the newest tag of a release before this commit. A new repository has none.
fn last_release() -> Option<String> {
    let mut git = command::program("git");
    let tag = command::output(git.args(["describe", "--tags", "--abbrev=0", "--match", "v*"]));
    tag.ok().map(|tag| tag.trim().to_owned())
}
