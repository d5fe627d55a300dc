//! Typed decoding compared with `serde_json::Value`, measured with Criterion.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::Report;
use super::server::Server;
use crate::command;

pub(crate) fn measure() -> Result<Report> {
    let server = Server::start()?;
    command::run(server.cargo_bench("time").args(["--features", "emulator"]))?;
    let folder = command::target().join("criterion/decode");
    let typed = speeds(&folder.join("typed"))?;
    let value = speeds(&folder.join("value"))?;
    let mut rows = Vec::new();
    for (name, (bytes, typed)) in typed {
        let (_, value) = value.get(&name).with_context(|| format!("{name} was not decoded into a value"))?;
        let [typed, value] = [bytes / typed, bytes / value].map(|speed| speed * 1e3);
        rows.push(vec![
            name,
            format!("{bytes:.0}"),
            format!("{typed:.0}"),
            format!("{value:.0}"),
            format!("{:.2}", typed / value),
        ]);
    }
    let columns = ["response", "bytes", "typed, MB/s", "Value, MB/s", "speedup"];
    let mut report = Report::default();
    report.table("Decoding responses", &columns, rows);
    Ok(report)
}

/// Bytes and nanoseconds of each response, read from Criterion's folders.
fn speeds(folder: &Path) -> Result<BTreeMap<String, (f64, f64)>> {
    let mut speeds = BTreeMap::new();
    for entry in fs::read_dir(folder).context("cannot read the results of Criterion")? {
        let newest = entry?.path().join("new");
        let Ok(estimates) = json(&newest.join("estimates.json")) else { continue };
        let benchmark = json(&newest.join("benchmark.json"))?;
        let name = benchmark.get("value_str").and_then(Value::as_str).context("a bench has no name")?;
        let bytes = benchmark.pointer("/throughput/Bytes").and_then(Value::as_f64).context("a bench has no size")?;
        let time =
            estimates.pointer("/median/point_estimate").and_then(Value::as_f64).context("a bench has no time")?;
        speeds.insert(name.to_owned(), (bytes, time));
    }
    Ok(speeds)
}

fn json(file: &Path) -> Result<Value> {
    Ok(serde_json::from_str(&fs::read_to_string(file)?)?)
}
