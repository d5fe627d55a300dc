//! Allocations of a call compared with the same call in bare reqwest.

use anyhow::Result;
use logto_admin_benches::report::{Report, Table};
use logto_admin_benches::server::Server;
use logto_admin_benches::sides::{Side, Work};
use tokio::runtime::{Builder, Runtime};

/// Maximum number of extra allocations per call over bare reqwest.
const BUDGET: f64 = 10.0;
const WARM_UP: usize = 20;
const CALLS: u64 = 200;

pub(crate) fn measure() -> Result<()> {
    let server = Server::find()?;
    // With one thread, every allocation of a call is counted.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = runtime.block_on(Side::client(server.url()))?;
    let bare = runtime.block_on(Side::bare(server.url()))?;
    let mut report = Report::default();
    let mut table = Table::new("Allocations per call", &["request", "bare reqwest", "client", "difference"]);
    for (name, work) in [("one user", Work::Get), ("20 users", Work::List(20)), ("100 users", Work::List(100))] {
        let ours = count(&runtime, &client, work)?;
        let theirs = count(&runtime, &bare, work)?;
        table.row([name.to_owned(), format!("{theirs:.1}"), format!("{ours:.1}"), format!("{:+.1}", ours - theirs)]);
        report.countable(format!("extra allocations per call over bare reqwest, {name}"), ours - theirs, BUDGET);
    }
    report.table(table);
    report.print()
}

fn count(runtime: &Runtime, side: &Side, work: Work) -> Result<f64> {
    let calls = |times: usize| -> Result<()> {
        runtime.block_on(async {
            for _ in 0..times {
                side.call(work).await?;
            }
            Ok(())
        })
    };
    calls(WARM_UP)?;
    let mut done = Ok(());
    let counted = allocation_counter::measure(|| done = calls(CALLS as usize));
    done?;
    Ok(counted.count_total as f64 / CALLS as f64)
}
