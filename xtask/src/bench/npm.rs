//! The npm package: its size, its startup, and its calls compared with bare fetch.
//!
//! Runs the programs in benches/npm.

use anyhow::{Context, Result};

use super::report::Report;
use super::server::Server;
use crate::command;
use crate::npm::{self, npm};
use crate::part::{self, PACKAGE, Part};

/// Folder of the programs of all clients. The npm package and Logto's client are installed there.
pub(crate) const FOLDER: &str = "benches/peers";
const PROGRAMS: [&str; 5] = ["size", "start", "speed", "own", "cold"];

pub(crate) fn measure() -> Result<Report> {
    build()?;
    let server = Server::start()?;
    let mut report = Report::default();
    for program in PROGRAMS {
        let file = format!("benches/npm/{program}.mjs");
        let json = command::output(command::program("node").args([file.as_str(), server.url()]))?;
        report.extend(serde_json::from_str(&json).with_context(|| format!("{file} did not print a report"))?);
    }
    Ok(report)
}

/// Builds the package, and installs it next to the other clients. It has the form in which users get it.
pub(crate) fn build() -> Result<()> {
    part::set_up(&[Part::Js])?;
    npm::ensure(FOLDER)?;
    command::run(npm(PACKAGE).args(["run", "build"]))?;
    command::run(command::program("node").arg(format!("{FOLDER}/install.mjs")))
}
