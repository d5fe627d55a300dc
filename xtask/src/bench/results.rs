//! benches/results: a file for each bench, and RESULTS.md made of them.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::report::{Check, Report};
use super::{Bench, machine, plot};
use crate::command;

const INTRODUCTION: &str = "# Results

What the client costs, measured by `cargo xtask bench` and written by it: run it and see. A bench alone is `cargo xtask bench NAME`.
Every comparison was made within one run, against one server on 127.0.0.1 in a process of its own; ratios are what counts, absolute figures are this machine's.
Countable figures (instructions, allocations, memory, token calls) are the same on every run, and CI fails when one passes its budget. Times are not: the load, of the minute before the results were written and with the bench's own part in it, tells of a busy machine.
";

/// What was measured, when, and on what.
#[derive(Deserialize, Serialize)]
struct Kept {
    date: String,
    load: String,
    machine: String,
    report: Report,
}

/// Keeps a report in place of the one before.
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
        let kept: Kept = serde_json::from_str(&json).with_context(|| format!("{} is not a result", bench.name()))?;
        sections.push_str(&section(*bench, &kept));
        for plot in &kept.report.plots {
            fs::write(folder().join(&plot.name).with_extension("svg"), plot.svg())?;
        }
        checks.extend(kept.report.checks);
    }
    text.push_str("\n![Figures as parts of their budgets](results/budgets.svg)\n");
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
    plot::bars("Figures as parts of their budgets", &bars, Some(1.0))
}

fn folder() -> PathBuf {
    command::root().join("benches/results")
}

fn file(name: &str) -> PathBuf {
    folder().join(name).with_extension("json")
}
