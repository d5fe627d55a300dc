//! Instructions of a call, and of the same call in bare reqwest, by callgrind.

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::Report;
use super::server::Server;
use crate::command;

/// Maximum number of extra instructions per call over bare reqwest.
const BUDGET: f64 = 15_000.0;
/// Calls per measurement, as in benches/benches/instructions.rs.
const CALLS: f64 = 50.0;
const WORKS: [(&str, &str); 3] = [("get", "one user"), ("list_20", "20 users"), ("list_100", "100 users")];

pub(crate) fn measure() -> Result<Report> {
    let server = Server::start()?;
    let output = command::output(server.cargo_bench("instructions").args(["--", "--output-format=json"]))?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (work, name) in WORKS {
        let bare = instructions(&output, &format!("bare_{work}"))?;
        let client = instructions(&output, &format!("client_{work}"))?;
        let more = client - bare;
        let ratio = format!("{:.3}", client / bare);
        rows.push(vec![name.to_owned(), format!("{bare:.0}"), format!("{client:.0}"), format!("{more:+.0}"), ratio]);
        report.check(format!("extra instructions per call over bare reqwest, {name}"), more, BUDGET, true);
    }
    report.table("Instructions per call", &["request", "bare reqwest", "client", "difference", "ratio"], rows);
    Ok(report)
}

/// Instructions per call of a measurement. For each, gungraun prints a line of JSON.
fn instructions(output: &str, id: &str) -> Result<f64> {
    let measured = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = measured.into_iter().find(|measured| measured.get("id").is_some_and(|found| found == id));
    let found = found.with_context(|| format!("callgrind did not measure {id}"))?;
    let all = found.pointer("/profiles/0/data/parts/0/metrics/Ir/values/new").and_then(Value::as_f64);
    Ok(all.with_context(|| format!("{id} has no instruction count"))? / CALLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_read_from_the_line_of_their_measurement() {
        let line = |id: &str, count: u64| {
            format!(
                r#"{{"id":"{id}","profiles":[{{"data":{{"parts":[{{"metrics":{{"Ir":{{"values":{{"new":{count}}}}}}}}}]}}}}]}}"#
            )
        };
        let output = format!("noise\n{}\n{}\n", line("bare_get", 100), line("client_get", 150));
        assert_eq!(instructions(&output, "client_get").unwrap(), 3.0);
        assert!(instructions(&output, "client_list_20").is_err());
    }
}
