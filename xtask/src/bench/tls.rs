//! Build times of the crate and its dependencies, with each library for TLS.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::number::number;
use super::report::Report;
use super::timed::{self, Taken};
use crate::command;

/// The features that select a library, as the guide lists them. The empty one selects none.
const FEATURES: [&str; 4] = ["rustls", "rustls-ring", "native-tls", ""];

pub(crate) fn measure() -> Result<Report> {
    let mut rows = Vec::new();
    for feature in FEATURES {
        let debug = clean_build(feature, &[])?;
        let release = clean_build(feature, &["--release"])?;
        let name = if feature.is_empty() { "none" } else { feature };
        let figures = [debug.seconds, debug.cpu, release.seconds, release.cpu];
        rows.push([name.to_owned()].into_iter().chain(figures.map(number)).collect());
    }
    let columns = ["feature", "debug build, s", "CPU s", "release build, s", "CPU s"];
    let mut report = Report::default();
    report.table("Building the crate and its dependencies, with the features `reqwest` and `users`", &columns, rows);
    Ok(report)
}

/// Builds in an empty target folder. The dependencies are already downloaded.
fn clean_build(feature: &str, profile: &[&str]) -> Result<Taken> {
    let target = command::target().join("bench-tls");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let features = format!("reqwest,users,{feature}");
    let mut build: Command = command::cargo();
    build.args(["build", "-q", "-p", "logto-admin", "--no-default-features", "--features", &features]).args(profile);
    build.env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
    timed::run(&build)
}

#[cfg(test)]
mod tests {
    use crate::bench::results;
    use crate::files;

    #[test]
    fn the_guide_has_the_measured_times() {
        let report = results::kept("tls").unwrap().unwrap();
        let guide = files::read("src/guide/transports.md").unwrap().text;
        for row in &report.tables[0].rows {
            let [feature, debug, _, release, _] = &row[..] else { panic!("{row:?}") };
            let seconds = |figure: &str| figure.parse::<f64>().unwrap().round();
            let times = format!("| {} s, {} s |", seconds(debug), seconds(release));
            let starts = [format!("| `{feature}` "), format!("| {feature} ")];
            let line = guide.lines().find(|line| starts.iter().any(|start| line.starts_with(start)));
            assert!(line.is_some_and(|line| line.ends_with(&times)), "{feature}: {times}");
        }
    }
}
