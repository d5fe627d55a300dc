//! The npm package: its size for a worker, and what a call costs over bare fetch, as its own scripts tell.

use anyhow::{Context, Result};

use super::report::Report;
use crate::command;
use crate::npm::{self, npm};
use crate::part::{self, PACKAGE, Part};

/// Bytes, gzipped: the wasm module, its glue and the facade with every group.
const SIZE: f64 = 50_000.0;
/// A list of 100 users, over bare fetch and `response.json()`.
const COST: f64 = 1.2;

pub(crate) fn measure() -> Result<Report> {
    built()?;
    let size = said("size")?;
    let speed = said("speed")?;
    let mut report = Report::default();
    let bytes = number_after(&size, "gzipped: ").context("the size is not told")?;
    let percent = number_after(&speed, "costs ").context("the cost is not told")?;
    report.check("bytes of the npm package for a worker, gzipped", bytes, SIZE, false);
    report.check("time of a list of 100 users in Node over bare fetch", 1.0 + percent / 100.0, COST, false);
    report.table(
        "The npm package",
        &["measured by", "says"],
        vec![vec!["`npm run size`".to_owned(), size], vec!["`npm run speed`".to_owned(), speed]],
    );
    Ok(report)
}

/// Builds the package, unless that has been done.
pub(crate) fn built() -> Result<()> {
    npm::ensure(PACKAGE)?;
    if command::root().join(PACKAGE).join("dist/index.js").exists() {
        return Ok(());
    }
    part::set_up(&[Part::Js])?;
    command::run(npm(PACKAGE).args(["run", "build"]))
}

/// The last line that a script prints.
fn said(script: &str) -> Result<String> {
    let output = command::output(npm(PACKAGE).args(["run", "-s", script]))?;
    Ok(output.lines().last().unwrap_or_default().to_owned())
}

fn number_after(text: &str, before: &str) -> Option<f64> {
    let (_, rest) = text.split_once(before)?;
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_from_what_the_scripts_say() {
        assert_eq!(number_after("for a worker, gzipped: 62849 bytes (module 48103)", "gzipped: "), Some(62849.0));
        assert_eq!(number_after("A list costs 31.0 % over bare fetch", "costs "), Some(31.0));
        assert_eq!(number_after("nothing", "costs "), None);
    }
}
