//! The client compared with bare reqwest, in many short rounds. The difference is small.

use anyhow::{Result, bail};

use super::calls::{self, CALLERS, Calls};
use super::clients::program;
use super::report::Report;
use super::server::Server;

/// The threads of the runtime. The budget is about one thread: two threads and the server would share two cores.
const THREADS: [&str; 2] = ["1", "2"];
const ROUNDS: usize = 21;
const BUDGET: f64 = 1.03;

pub(crate) fn measure() -> Result<Report> {
    let server = Server::start()?;
    let mut report = Report::default();
    let mut rows = Vec::new();
    for (threads, callers) in THREADS.into_iter().flat_map(|threads| CALLERS.map(|callers| (threads, callers))) {
        let side = |side| program(server.measure(), &["calls", side, server.url(), callers, "0.3", "1.5", threads]);
        let measured = calls::in_turns(&mut [side("bare"), side("client")], ROUNDS)?;
        let [bare, client] = measured.as_slice() else { bail!("two sides should be measured") };
        let (cpu, throughput) = (calls::ratio(client, bare, Calls::cpu), calls::ratio(client, bare, Calls::a_second));
        for (name, rounds, cpu, throughput) in [("bare reqwest", bare, 1.0, 1.0), ("client", client, cpu, throughput)] {
            let (a_second, used) = (calls::median(rounds, Calls::a_second), calls::median(rounds, Calls::cpu));
            rows.push(vec![
                threads.to_owned(),
                callers.to_owned(),
                name.to_owned(),
                format!("{a_second:.0}"),
                format!("{throughput:.3}"),
                format!("{used:.1}"),
                format!("{cpu:.3}"),
            ]);
        }
        if (threads, callers) == ("1", "32") {
            report.check("CPU per call relative to bare reqwest", cpu, BUDGET, false);
            report.check("time per call relative to bare reqwest", 1.0 / throughput, BUDGET, false);
        }
    }
    let columns = ["threads", "callers", "client", "calls per second", "ratio", "CPU µs per call", "CPU ratio"];
    report.table(
        "List of 20 users, parsed into the same type (medians of 21 alternating rounds, 1.5 s each after a 0.3 s warm-up)",
        &columns,
        rows,
    );
    Ok(report)
}
