//! benches/results/ has a file for each bench. RESULTS.md is generated from these files.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::benches::Bench;
use super::report::{Check, Report};
use super::{machine, plot};
use crate::command;

const INTRODUCTION: &str = "# Results

What the client costs. `cargo xtask bench` measures these figures and writes this file; `cargo xtask bench NAME` runs a single bench. The last section is not about costs, and comes from `cargo xtask mutants`.
Each comparison comes from one run against one server on 127.0.0.1 in its own process. Look at the ratios: absolute figures apply only to the machine they were measured on.
Countable figures (instructions, allocations, memory, token calls) are the same on every run, and CI fails if one exceeds its budget. Times vary. The load next to them is the system's load over the minute before the results were written, including the load of the bench. A high load means that the machine was busy.
";

/// The name of the results of `cargo xtask mutants`.
pub(crate) const MUTANTS: &str = "mutants";

const MUTANTS_NOTE: &str = "
A mutant is a copy of the crate with one small change, such as `<` instead of `<=`, or a function without its body. The tests should notice each: a test fails (caught) or hangs (timed out). Some changes do not compile, and no test can notice some others: `tests/mutants.toml` lists these with the reasons (justified). The date in the table is that of the last run for the file.
";

/// A section of RESULTS.md.
struct Section {
    /// The name of the file with its results.
    name: String,
    /// Command that measures the results.
    command: String,
    title: &'static str,
    /// A paragraph that explains the results, or nothing.
    note: &'static str,
}

/// A report with the date, the load and the machine of the measurement.
#[derive(Deserialize, Serialize)]
struct Kept {
    date: String,
    load: String,
    machine: String,
    report: Report,
}

/// Saves a report and replaces the previous one.
pub(crate) fn keep(name: &str, report: &Report) -> Result<()> {
    let report: Report = serde_json::from_value(serde_json::to_value(report)?)?;
    let kept = Kept { date: machine::date(), load: machine::load(), machine: machine::describe(), report };
    fs::create_dir_all(folder())?;
    fs::write(file(name), serde_json::to_string_pretty(&kept)? + "\n").context("cannot write the results")
}

/// Returns the report that was saved under this name, if there is one.
pub(crate) fn kept(name: &str) -> Result<Option<Report>> {
    Ok(read(name)?.map(|kept| kept.report))
}

/// Writes RESULTS.md and its plots.
pub(crate) fn write() -> Result<()> {
    let mut text = String::from(INTRODUCTION);
    let mut checks = Vec::new();
    let mut sections = String::new();
    for section in all_sections() {
        let Some(kept) = read(&section.name)? else { continue };
        sections.push_str(&section.markdown(&kept));
        for plot in &kept.report.plots {
            fs::write(folder().join(&plot.name).with_extension("svg"), plot.svg())?;
        }
        checks.extend(kept.report.checks);
    }
    text.push_str("\n![Figures relative to their budgets](results/budgets.svg)\n");
    text.push_str(&sections);
    fs::write(folder().join("budgets.svg"), budgets(&checks))?;
    fs::write(command::root().join("benches/RESULTS.md"), text).context("cannot write RESULTS.md")
}

fn all_sections() -> impl Iterator<Item = Section> {
    let of_bench = |bench: &Bench| Section {
        name: bench.name(),
        command: format!("cargo xtask bench {}", bench.name()),
        title: bench.title(),
        note: bench.note(),
    };
    let mutants = Section {
        name: MUTANTS.to_owned(),
        command: "cargo xtask mutants".to_owned(),
        title: "Mutation tests",
        note: MUTANTS_NOTE,
    };
    Bench::value_variants().iter().map(of_bench).chain([mutants])
}

impl Section {
    fn markdown(&self, kept: &Kept) -> String {
        let Self { command, title, note, .. } = self;
        let Kept { date, load, machine, report } = kept;
        let heading = format!("\n## {title}\n\n`{command}`, {date}, load {load}. {machine}.\n");
        let plots = report.plots.iter().map(|plot| format!("\n![{}](results/{}.svg)\n", plot.title, plot.name));
        format!("{heading}{note}\n{}{}", report.markdown(), plots.collect::<String>())
    }
}

fn read(name: &str) -> Result<Option<Kept>> {
    let Ok(json) = fs::read_to_string(file(name)) else { return Ok(None) };
    serde_json::from_str(&json).map(Some).with_context(|| format!("invalid results of the bench {name}"))
}

fn budgets(checks: &[Check]) -> String {
    let bars: Vec<_> = checks.iter().map(|check| (check.what.as_str(), check.value / check.most)).collect();
    plot::bars("Figures relative to their budgets", &bars, Some(1.0))
}

fn folder() -> PathBuf {
    command::root().join("benches/results")
}

fn file(name: &str) -> PathBuf {
    folder().join(name).with_extension("json")
}
