//! benches/results/ has a file for each bench. RESULTS.md is generated from these files.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::report::{Check, Report};
use super::{Bench, machine, plot};
use crate::command;

const INTRODUCTION: &str = "# Results

What the client costs. `cargo xtask bench` measures these figures and writes this file; `cargo xtask bench NAME` runs a single bench.
Each comparison comes from one run against one server on 127.0.0.1 in its own process. Look at the ratios: absolute figures apply only to the machine they were measured on.
Countable figures (instructions, allocations, memory, token calls) are the same on every run, and CI fails if one exceeds its budget. Times vary. The load next to them is the system's load over the minute before the results were written, including the load of the bench. A high load means that the machine was busy.
";

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

/// Writes RESULTS.md and its plots.
pub(crate) fn write() -> Result<()> {
    let mut text = String::from(INTRODUCTION);
    let mut checks = Vec::new();
    let mut sections = String::new();
    for bench in Bench::value_variants() {
        let Ok(json) = fs::read_to_string(file(&bench.name())) else { continue };
        let kept: Kept =
            serde_json::from_str(&json).with_context(|| format!("invalid results of the bench {}", bench.name()))?;
        sections.push_str(&section(*bench, &kept));
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

fn section(bench: Bench, kept: &Kept) -> String {
    let Kept { date, load, machine, report } = kept;
    let name = bench.name();
    let (title, note) = (bench.title(), bench.note());
    let heading = format!("\n## {title}\n\n`cargo xtask bench {name}`, {date}, load {load}. {machine}.\n");
    let plots = report.plots.iter().map(|plot| format!("\n![{}](results/{}.svg)\n", plot.title, plot.name));
    format!("{heading}{note}\n{}{}", report.markdown(), plots.collect::<String>())
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
