//! `measure NAME`: measures one thing and prints a report.

mod allocations;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    match name.as_str() {
        "allocations" => allocations::measure(),
        other => bail!("there is no measurement {other:?}"),
    }
}
