//! `cargo xtask`: sets up a machine, runs the tests and benches of the workspace, builds its book, checks its texts and
//! structure, and prepares releases.

#![allow(clippy::print_stdout, reason = "a command line tool prints to standard output")]

mod bench;
mod command;
mod debian;
mod docs;
mod files;
mod fuzz;
mod lock;
mod msrv;
mod npm;
mod part;
mod prose;
mod release;
mod scan;
mod server;
mod structure;
mod tool;

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
    /// Build the book in docs/, and fail if a link in it is broken.
    Docs,
    /// Run a fuzz target, or each of them for 20 seconds.
    Fuzz {
        /// The target. Defaults to all.
        name: Option<String>,
        /// For how many minutes the named target runs.
        #[arg(default_value_t = 1)]
        minutes: u64,
    },
    /// Fail if a dependency needs a newer Rust than the `rust-version` in Cargo.toml.
    Msrv,
    /// Fail if a text contains a wording that the style of the project rejects.
    Prose,
    /// Set the version, date the changelog, commit and tag. Pushing the tag publishes the release.
    Release {
        /// The version, such as 0.2.0.
        version: String,
    },
    /// Fail if imports form a cycle, or if the layout of `src/` is wrong.
    Structure,
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
        Xtask::Docs => docs::build(),
        Xtask::Fuzz { name, minutes } => fuzz::run(name.as_deref(), minutes),
        Xtask::Msrv => msrv::check(),
        Xtask::Prose => prose::check(),
        Xtask::Release { version } => release::prepare(&version),
        Xtask::Structure => structure::check(),
    }
}
