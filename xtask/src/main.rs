//! `cargo xtask`: sets up a machine and runs every test of the workspace.

#![allow(clippy::print_stdout, reason = "what a command line tool says goes to standard output")]

mod bench;
mod command;
mod debian;
mod lock;
mod msrv;
mod npm;
mod part;
mod server;
mod tool;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::bench::Bench;
use crate::part::Part;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about)]
enum Xtask {
    /// Install what the tests need, then run all of them or the parts named.
    Test {
        /// What to run; everything when none is named.
        parts: Vec<Part>,
    },
    /// Install what the tests need, and run nothing.
    Setup {
        /// What to install for; everything when none is named.
        parts: Vec<Part>,
    },
    /// Measure speed, size and memory, and write the results into benches/.
    Bench {
        /// What to measure; everything when none is named.
        names: Vec<Bench>,
        /// Compare with the budgets alone, and write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Refuse dependencies that need a newer Rust than Cargo.toml promises.
    Msrv,
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
        Xtask::Msrv => msrv::check(),
    }
}
