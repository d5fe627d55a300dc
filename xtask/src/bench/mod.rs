//! `cargo xtask bench`: measures and records the figures that the project claims.

mod benches;
mod bulk;
mod calls;
mod clients;
mod compile;
mod decode;
mod instructions;
pub(crate) mod machine;
mod native;
mod npm;
mod number;
mod peers;
mod plot;
mod report;
pub(crate) mod results;
mod server;
mod timed;
mod tls;

use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

pub(crate) use self::benches::Bench;
use self::report::Check;
pub(crate) use self::report::Report;
use self::server::Server;
use crate::command;

/// Runs the named benches, or all of them if none is named. Writes no results if `check` is set.
pub(crate) fn run(named: &[Bench], check: bool) -> Result<()> {
    let benches = if named.is_empty() { Bench::value_variants() } else { named };
    for tool in benches.iter().flat_map(|bench| bench.needs()) {
        tool.ensure().with_context(|| format!("cannot set up {tool}"))?;
    }
    let mut over = Vec::new();
    for bench in benches {
        command::heading(&format!("Measuring: {}", bench.name()));
        let report = bench.measure().with_context(|| format!("the bench `{}` failed", bench.name()))?;
        println!("{}", report.markdown());
        over.extend(report.checks.iter().filter(|check| check.is_over()).map(Check::to_string));
        if !check {
            results::keep(&bench.name(), &report)?;
        }
    }
    if !check {
        results::write()?;
    }
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    println!("All countable figures are within their budgets");
    Ok(())
}

impl Bench {
    fn measure(self) -> Result<Report> {
        match self {
            Self::Countable => countable(),
            Self::Native => native::measure(),
            Self::Streams => several(&["streams", "prefetch"]),
            Self::Bulk => bulk::measure(),
            Self::Decode => decode::measure(),
            Self::Peers => peers::measure(),
            Self::Npm => npm::measure(),
            Self::Compile => compile::measure(),
            Self::Tls => tls::measure(),
            Self::Scale => several(&["scale"]),
            Self::Emulator => emulator(),
        }
    }
}

fn countable() -> Result<Report> {
    let mut report = several(&["allocations", "memory", "tokens"])?;
    report.extend(instructions::measure()?);
    Ok(report)
}

fn emulator() -> Result<Report> {
    let mut program = command::cargo();
    let arguments = ["--release", "-q", "-p", server::CRATE, "--features", "emulator", "--bin", "emulator-scale"];
    printed(program.arg("run").args(arguments))
}

/// Runs a program that prints a report.
fn printed(program: &mut Command) -> Result<Report> {
    let json = command::output(program)?;
    serde_json::from_str(&json).context("the measurement did not print a report")
}

/// Runs programs of the bench crate, and merges their reports.
fn several(names: &[&str]) -> Result<Report> {
    let server = Server::start()?;
    let mut report = Report::default();
    for name in names {
        report.extend(printed(server.measure().arg(name))?);
    }
    Ok(report)
}
