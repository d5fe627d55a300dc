//! Number and CPU time of the calls that many callers make in some seconds.

#![allow(clippy::print_stdout, reason = "measurements are printed")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use logto_admin_benches::sides::{Side, Work};
use serde_json::json;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use logto_admin_benches::clock::{self, Stopwatch};

const WORK: Work = Work::List(20);

/// Prints the number of calls, the seconds, and this process's CPU seconds. With one thread, nothing else runs on the
/// thread of the calls, and no task moves to another.
///
/// The programs of the other clients print the same format.
pub(crate) fn measure(
    side: &str,
    url: &str,
    callers: usize,
    [warm_up, seconds]: [f64; 2],
    threads: usize,
) -> Result<()> {
    let mut builder = if threads == 1 { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    let runtime = builder.worker_threads(threads).enable_all().build()?;
    runtime.block_on(async {
        let side = match side {
            "client" => Side::client(url).await?,
            "bare" => Side::bare(url).await?,
            other => bail!("unknown side {other:?}"),
        };
        run(&side, callers, warm_up).await?;
        let start = (Stopwatch::start(), clock::cpu());
        let calls = run(&side, callers, seconds).await?;
        println!("{}", json!({ "calls": calls, "seconds": start.0.seconds(), "cpu": clock::cpu() - start.1 }));
        Ok(())
    })
}

async fn run(side: &Side, callers: usize, seconds: f64) -> Result<u64> {
    let over = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        tasks.spawn(call(side.clone(), Arc::clone(&over)));
    }
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    over.store(true, Ordering::Relaxed);
    let mut calls = 0;
    while let Some(done) = tasks.join_next().await {
        calls += done??;
    }
    Ok(calls)
}

async fn call(side: Side, over: Arc<AtomicBool>) -> Result<u64> {
    let mut calls = 0;
    while !over.load(Ordering::Relaxed) {
        ensure!(side.call(WORK).await? == 20, "the list should have 20 users");
        calls += 1;
    }
    Ok(calls)
}
