//! A list of 100,000 users, read with `stream` and with a loop. Pages have 100 users.

use anyhow::{Result, bail, ensure};
use futures_util::TryStreamExt;
use logto_admin::Client;
use logto_admin_benches::data::USERS;
use logto_admin_benches::report::{Report, Table};
use logto_admin_benches::server::Server;
use logto_admin_benches::sides::{self, Bare, Side};
use tokio::runtime::{Builder, Runtime};

use logto_admin_benches::clock::{self, Stopwatch, median};

const ROUNDS: usize = 5;
const PAGE: u32 = 100;

/// Time and CPU.
pub(crate) fn measure() -> Result<()> {
    let server = Server::find()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = sides::client(server.url())?;
    let Side::Bare(bare) = runtime.block_on(Side::bare(server.url()))? else {
        bail!("`Side::bare` should return `Side::Bare`")
    };
    // Lets the server generate its pages.
    runtime.block_on(stream(&client))?;
    let mut report = Report::default();
    throughput(&runtime, &client, &bare, &mut report)?;
    report.print()
}

/// Peak memory.
pub(crate) fn memory() -> Result<()> {
    let server = Server::find()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = sides::client(server.url())?;
    let mut report = Report::default();
    compare_memory(&runtime, &client, &mut report)?;
    report.print()
}

async fn stream(client: &Client) -> Result<usize> {
    let users = client.users().list().stream();
    Ok(users.try_fold(0, |count, _user| async move { Ok(count + 1) }).await?)
}

async fn by_hand(bare: &Bare) -> Result<usize> {
    let mut count = 0;
    for page in 1.. {
        let users = bare.list(page, PAGE).await?;
        count += users.len();
        if users.len() < PAGE as usize {
            break;
        }
    }
    Ok(count)
}

/// Compares peak memory, relative to the memory that was allocated before.
fn compare_memory(runtime: &Runtime, client: &Client, report: &mut Report) -> Result<()> {
    // Lets the server generate its pages and the connection allocate its buffers.
    ensure!(runtime.block_on(stream(client))? == USERS, "the stream should have every user");
    let page = peak(|| runtime.block_on(async { client.users().list().page_size(PAGE).await.map(drop) }));
    let all = peak(|| runtime.block_on(stream(client)).map(drop));
    let mut table = Table::new("Peak memory", &["case", "KiB", "pages"]);
    for (what, bytes) in [("one page of 100 users, including its body", page), ("stream of 100,000 users", all)] {
        table.row([what.to_owned(), format!("{:.0}", bytes / 1024.0), format!("{:.2}", bytes / page)]);
    }
    report.table(table);
    report.countable("peak memory of a stream of 100,000 users, in pages of 100 users", all / page, 2.0);
    Ok(())
}

fn peak<E>(work: impl FnOnce() -> Result<(), E>) -> f64 {
    let mut done = Ok(());
    let counted = allocation_counter::measure(|| done = work());
    if done.is_err() { f64::NAN } else { counted.bytes_max as f64 }
}

fn throughput(runtime: &Runtime, client: &Client, bare: &Bare, report: &mut Report) -> Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(timed(|| runtime.block_on(by_hand(bare)))?);
        ours.push(timed(|| runtime.block_on(stream(client)))?);
    }
    let mut table =
        Table::new("Reading 100,000 users", &["method", "users per second", "CPU µs per user", "CPU ratio"]);
    let cpu = |times: &[(f64, f64)]| median(times.iter().map(|(_, cpu)| *cpu).collect());
    let wall = |times: &[(f64, f64)]| median(times.iter().map(|(wall, _)| *wall).collect());
    for (how, times) in [("loop over bare reqwest", &theirs), ("stream", &ours)] {
        table.row([
            how.to_owned(),
            format!("{:.0}", USERS as f64 / wall(times)),
            format!("{:.2}", cpu(times) / USERS as f64 * 1e6),
            format!("{:.3}", cpu(times) / cpu(&theirs)),
        ]);
    }
    report.table(table);
    report.timed("CPU of a stream relative to a hand-written loop", cpu(&ours) / cpu(&theirs), 1.03);
    Ok(())
}

/// Wall and CPU seconds.
fn timed(work: impl FnOnce() -> Result<usize>) -> Result<(f64, f64)> {
    let start = (Stopwatch::start(), clock::cpu());
    ensure!(work()? == USERS, "every user should be read");
    Ok((start.0.seconds(), clock::cpu() - start.1))
}
