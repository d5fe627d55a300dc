//! `measure NAME`: measures one thing and prints a report.

#![allow(clippy::disallowed_methods, reason = "benches use the system clock and have no `Runtime`")]

mod allocations;
mod bulk;
mod calls;
mod prefetch;
mod scale;
mod streams;
mod tokens;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["allocations"] => allocations::measure(),
        ["bulk", arguments @ ..] => bulk::measure(arguments),
        ["calls", side, url, callers, warm_up, seconds, threads] => {
            calls::measure(side, url, callers.parse()?, [warm_up.parse()?, seconds.parse()?], threads.parse()?)
        }
        ["memory"] => streams::memory(),
        ["prefetch"] => prefetch::measure(),
        ["scale"] => scale::measure(),
        ["streams"] => streams::measure(),
        ["tokens"] => tokens::measure(),
        other => bail!("unknown measurement {other:?}"),
    }
}
