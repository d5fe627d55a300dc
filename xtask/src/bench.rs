//! `cargo xtask bench`: measures what the project claims, and writes it down.

mod calls;
mod clients;
mod compile;
mod decode;
mod instructions;
mod machine;
mod native;
mod npm;
mod peers;
mod plot;
mod report;
mod results;
mod server;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use self::report::{Check, Report};
use self::server::Server;
use crate::command;
use crate::tool::Tool;

/// Something to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Bench {
    /// What does not depend on the machine's mood: instructions, allocations, memory, token calls.
    Countable,
    /// Calls by one and by 32 callers, beside bare reqwest.
    Native,
    /// A list of 100,000 users as a stream, and pages asked for ahead.
    Streams,
    /// Typed decoding beside `serde_json::Value`.
    Decode,
    /// The same calls by other clients.
    Peers,
    /// The npm package: its size, and a call over bare fetch.
    Npm,
    /// Compile times, beside other crates.
    Compile,
    /// Many processes at one tenant.
    Scale,
}

/// Measures what was named, or everything. With `check` nothing is written.
pub(crate) fn run(named: &[Bench], check: bool) -> Result<()> {
    let benches = if named.is_empty() { Bench::value_variants() } else { named };
    for tool in benches.iter().flat_map(|bench| bench.needs()) {
        tool.ensure().with_context(|| format!("cannot set up {tool}"))?;
    }
    let mut over = Vec::new();
    for bench in benches {
        command::heading(&format!("Measuring: {}", bench.name()));
        let report = bench.measure().with_context(|| format!("the bench `{}` failed", bench.name()))?;
        println!("{}", report.markdown());
        over.extend(report.checks.iter().filter(|check| check.is_over()).map(Check::to_string));
        if !check {
            results::keep(&bench.name(), &report)?;
        }
    }
    if !check {
        results::write()?;
    }
    ensure!(over.is_empty(), "over budget:\n{}", over.join("\n"));
    println!("Every countable figure is within its budget");
    Ok(())
}

impl Bench {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The tools that it measures with.
    fn needs(self) -> &'static [Tool] {
        match self {
            Self::Countable => &[Tool::Valgrind, Tool::GungraunRunner],
            Self::Compile => &[Tool::Time],
            _ => &[],
        }
    }

    /// The heading of its results.
    fn title(self) -> &'static str {
        match self {
            Self::Countable => "What can be counted",
            Self::Native => "Beside bare reqwest",
            Self::Streams => "Streams",
            Self::Decode => "Decoding",
            Self::Peers => "Beside other clients",
            Self::Npm => "The npm package",
            Self::Compile => "Compiling",
            Self::Scale => "From one process to 10,000",
        }
    }

    /// What to know of its results, a paragraph or nothing.
    fn note(self) -> &'static str {
        match self {
            Self::Native => {
                "\nBare reqwest grows its list as items come; the client knows how many there will be, which pays for a part of what it does besides. The ratio moves with the machine: by the same commit and the same bench it was 1.02 when a call took 55 µs, and 1.08 seven hours later, when the machine took 90 µs for it. For 20 users the client has no more instructions to run (see above), but they are spread over more code. Sampled by perf for six seconds at 32 callers, a call took bare reqwest 99.7 µs and the client 102.3: 1.0 of the difference in the kernel, the rest over some thirty functions, none of the client's own with 0.3 (headers on both ways, the attempt's timer, polling).\n"
            }
            Self::Peers => {
                "\nAt one caller a call mostly waits for the server, so that no client can be further ahead of the others than bare reqwest is: it has twice the calls of @logto/api, not four times, and seven times those of py-logto-admin, not 15. A good part of what the package adds to bare fetch on Node is its time limit, as bare fetch with one shows; @logto/api has none. At 32 callers, a CPU profile of 9,000 calls gives the package's module 13 µs of a call, its script 15, and collecting garbage 13 more than @logto/api; since calls under way are kept in slots, no longer in maps, a collection leaves as much behind as with @logto/api. py-logto-admin is `logto-admin` on PyPI. In workerd, where the clock stands still while a worker runs, calls were measured from outside: a request to the worker for each 2,000 calls.\n"
            }
            Self::Npm => {
                "\nCalls were timed outside of the runtimes, as a worker's clock stands still while it runs: one message makes all calls of a round. A new isolate is one that another worker loads in the same process, with its module as bytes; the time to its first request has the module's compilation in it, and the message's way. A call's own work says where the rest of the time goes: once engines have compiled everything it takes hardly longer than @logto/api's, but most workers make few calls, and until then each function that a call passes costs. In Node, a CPU profile of the first 2,000 gives the package's script 26 µs of a call, the module 14, and at most 23 to what the platform does for a time limit and a query.\n"
            }
            Self::Compile => {
                "\nOf a check of one tag that took 2.06 s, rustc's own account (`-Ztime-passes`) gives 0.85 to checking types, with 0.34 of that for the coherence of implementations, 0.77 to borrows and 0.10 to expanding macros. Here too the machine counts: a commit that had taken 1.49 s took 2.0 to 2.3 seven hours later, and so did the present one, in turns with it; keycloak and octocrab, checked in the same run, tell how fast the machine was.\n"
            }
            Self::Scale => {
                "\nReal clients on a clock that jumps, over a tenant that counts. 1,200 processes of a call a minute are what the limit allows; beyond that most calls are refused, and so are token calls: with a store few processes at a time ask again, while the others use the old token and then wait for the new one. Without a store each process spends a call an hour on its token. A process holds as many connections as it has calls at once, and none after four idle seconds.\n"
            }
            _ => "",
        }
    }

    fn measure(self) -> Result<Report> {
        match self {
            Self::Countable => countable(),
            Self::Native => native::measure(),
            Self::Streams => several(&["streams", "prefetch"]),
            Self::Decode => decode::measure(),
            Self::Peers => peers::measure(),
            Self::Npm => npm::measure(),
            Self::Compile => compile::measure(),
            Self::Scale => several(&["scale"]),
        }
    }
}

fn countable() -> Result<Report> {
    let mut report = several(&["allocations", "memory", "tokens"])?;
    report.extend(instructions::measure()?);
    Ok(report)
}

/// Programs of the bench crate that print a report each.
fn several(names: &[&str]) -> Result<Report> {
    let server = Server::start()?;
    let mut report = Report::default();
    for name in names {
        let json = command::output(server.measure().arg(name))?;
        report.extend(serde_json::from_str(&json).context("a measurement printed no report")?);
    }
    Ok(report)
}
