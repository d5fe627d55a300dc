//! `cargo xtask`: the tasks of the workspace. They set up a machine, run the tests and benches, and build the book.
//! They also check texts, structure and dependencies, and prepare releases.

#![allow(clippy::print_stdout, reason = "a command line tool prints to standard output")]

mod api;
mod bench;
mod command;
mod debian;
mod docs;
mod files;
mod fuzz;
mod lock;
mod markdown;
mod metadata;
mod msrv;
mod mutants;
mod npm;
mod packed;
mod part;
mod promises;
mod prose;
mod python;
mod release;
mod sbom;
mod scan;
mod semver;
mod server;
mod soak;
mod structure;
mod supply;
mod tool;
mod tree;
mod workflows;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::bench::Bench;
use crate::part::Part;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about)]
enum Xtask {
    /// Install the tools that the tests need, then run all tests or the named parts.
    Test {
        /// Parts to run. Defaults to all.
        parts: Vec<Part>,
    },
    /// Install the tools that the tests need, without running the tests.
    Setup {
        /// Parts to install tools for. Defaults to all.
        parts: Vec<Part>,
    },
    /// Measure speed, size and memory, and write the results to benches/.
    Bench {
        /// Benches to run. Defaults to all.
        names: Vec<Bench>,
        /// Compare the results with the budgets without writing them.
        #[arg(long)]
        check: bool,
    },
    /// Write the listings of the public API in api/.
    Api {
        /// Fail if they differ, and write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Build the documentation of the crates as docs.rs does.
    DocsRs,
    /// Build the book in docs/, and fail if a link in it is broken.
    Docs,
    /// Run a fuzz target, or each of them for 10 seconds.
    Fuzz {
        /// The target. Defaults to all.
        name: Option<String>,
        /// For how many minutes the named target runs.
        #[arg(default_value_t = 1)]
        minutes: u64,
    },
    /// Fail if a dependency needs a newer Rust than the `rust-version` in Cargo.toml.
    Msrv {
        /// Compile the published crates with their oldest Rust. Also test the client with it.
        #[arg(long)]
        build: bool,
    },
    /// Change the code in small ways, and check that a test fails for each change. Writes the figures to benches/.
    Mutants {
        /// Files and folders below src/. Defaults to those that decide what a call does.
        paths: Vec<String>,
    },
    /// Pack the crates and the npm package as for a release. Runs the quickstart with the packed crates.
    Packed,
    /// Check that each promise of a README has a test. Writes the list of both to docs/src/promises.md.
    Promises {
        /// Fail if the list is out of date, without writing it.
        #[arg(long)]
        check: bool,
    },
    /// Fail if a text has a wording that the style rejects, or a long sentence.
    Prose,
    /// Set the version, date the changelog, commit and tag. Pushing the tag publishes the release.
    Release {
        /// The version, such as 0.2.0.
        version: String,
    },
    /// Write bills of materials of the crates, the npm package and the image. Validates them. The folder is
    /// target/sbom.
    Sbom,
    /// Fail if the API changed since the last release in a way the version forbids.
    Semver {
        /// The revision to compare with. Defaults to the tag of the last release in the changelog.
        #[arg(long)]
        baseline: Option<String>,
    },
    /// Let 10,000 callers call a server with faults, restarts and crashes.
    Soak {
        /// For how many minutes.
        #[arg(long, default_value_t = 60)]
        minutes: u64,
    },
    /// Fail if imports form a cycle, or if the layout of `src/` is wrong.
    Structure,
    /// Check the dependencies of what is published. Licences, sources, duplicates, reviews and unsafe code.
    Supply {
        /// Check for advisories, too. Their database is downloaded.
        #[arg(long)]
        advisories: bool,
        /// Update the figures in SUPPLY_CHAIN.md and check nothing.
        #[arg(long, conflicts_with = "advisories")]
        write: bool,
    },
    /// Check the workflows of GitHub with actionlint and zizmor.
    Workflows,
}

fn main() -> ExitCode {
    match carry_out(Xtask::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(task: Xtask) -> Result<()> {
    match task {
        Xtask::Test { parts } => {
            let parts = part::or_all(parts);
            part::set_up(&parts)?;
            part::run(&parts)
        }
        Xtask::Setup { parts } => part::set_up(&part::or_all(parts)),
        Xtask::Bench { names, check } => bench::run(&names, check),
        Xtask::Api { check } => api::run(check),
        Xtask::DocsRs => docs::docs_rs(),
        Xtask::Docs => docs::build(),
        Xtask::Fuzz { name, minutes } => fuzz::run(name.as_deref(), minutes),
        Xtask::Msrv { build: false } => msrv::check(),
        Xtask::Msrv { build: true } => msrv::build(),
        Xtask::Mutants { paths } => mutants::run(&paths),
        Xtask::Packed => packed::check(),
        Xtask::Promises { check } => promises::run(check),
        Xtask::Prose => prose::check(),
        Xtask::Release { version } => release::prepare(&version),
        Xtask::Sbom => sbom::write(),
        Xtask::Semver { baseline } => semver::check(baseline),
        Xtask::Soak { minutes } => soak::run(minutes),
        Xtask::Structure => structure::check(),
        Xtask::Supply { write: true, .. } => supply::write(),
        Xtask::Supply { advisories, .. } => supply::check(advisories),
        Xtask::Workflows => workflows::check(),
    }
}
