//! 1 to 10,000 processes that call one tenant of Logto Cloud.
//!
//! Real clients run on a simulated clock, with a server that counts requests. Every process starts within the first
//! minute and attempts one call per minute for one hour.

mod tenant;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use futures_util::future::join_all;
use logto_admin::{Client, Endpoint};
use logto_admin_benches::report::{Report, Table};

use self::tenant::{Jumping, Memory, Tenant};

const MINUTES: u32 = 60;
/// Maximum number of processes that the tenant can serve with one call per minute each.
const LIMIT_A_MINUTE: u32 = 6 * 200;
const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn measure() -> Result<()> {
    let mut report = Report::default();
    let title =
        "Processes calling one tenant: one call per minute each for one hour, limit of 200 requests per 10 seconds";
    let columns =
        ["processes", "store", "calls", "succeeded", "token calls", "requests", "rejected (429)", "KiB per client"];
    let mut table = Table::new(title, &columns);
    for processes in [1, 10, 100, 1_000, 10_000] {
        for shared in [false, true] {
            let outcome = simulate(processes, shared)?;
            let wanted = processes * MINUTES;
            let answered = f64::from(outcome.answered) / f64::from(wanted) * 100.0;
            let store = if shared { "shared" } else { "none" };
            table.row([
                processes.to_string(),
                store.to_owned(),
                wanted.to_string(),
                format!("{answered:.1} %"),
                outcome.token_calls.to_string(),
                outcome.requests.to_string(),
                outcome.refused.to_string(),
                format!("{:.1}", outcome.bytes / 1024.0),
            ]);
            if shared {
                let name = format!("token calls of {processes} processes with a shared store in one hour");
                // The first token, and the one that replaces it before it expires. If the tenant rejects most token
                // calls, locks expire before their owners have a token, so a few processes get one.
                let most = if processes <= LIMIT_A_MINUTE { 2.0 } else { 20.0 };
                report.countable(name, f64::from(outcome.token_calls), most);
            }
        }
    }
    report.table(table);
    report.print()
}

struct Outcome {
    answered: u32,
    token_calls: u32,
    requests: u32,
    refused: u32,
    /// Bytes per client after building it.
    bytes: f64,
}

fn simulate(processes: u32, shared: bool) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    let tenant = Tenant::default();
    let store = Arc::new(Memory::default());
    // The clients read the simulated clock.
    let _entered = runtime.enter();
    let mut clients = Vec::new();
    let mut built = Ok(());
    let memory = allocation_counter::measure(|| {
        built = (0..processes).try_for_each(|_| {
            clients.push(client(&tenant, shared.then(|| Arc::clone(&store)))?);
            Ok(())
        });
    });
    built.map_err(|error: logto_admin::Error| error)?;
    let calls = clients.iter().enumerate().map(|(number, client)| work(client, number as u32, processes));
    let answered = runtime.block_on(async { join_all(calls).await }).into_iter().sum();
    let counted = tenant.counted();
    let bytes = memory.bytes_current as f64 / f64::from(processes);
    Ok(Outcome {
        answered,
        token_calls: counted.token_calls,
        requests: counted.requests,
        refused: counted.refused,
        bytes,
    })
}

fn client(tenant: &Tenant, store: Option<Arc<Memory>>) -> logto_admin::Result<Client> {
    let builder = Client::builder(Endpoint::cloud("bench")).client_credentials("bench", "secret");
    let builder = builder.transport(tenant.clone()).runtime(Jumping::new());
    match store {
        Some(store) => builder.token_store(store).build(),
        None => builder.build(),
    }
}

/// Runs one process for an hour and returns the number of its successful calls.
async fn work(client: &Client, number: u32, processes: u32) -> u32 {
    tokio::time::sleep(MINUTE * number / processes).await;
    let mut answered = 0;
    for _ in 0..MINUTES {
        let next = tokio::time::sleep(MINUTE);
        answered += u32::from(client.users().get("u00000000001").await.is_ok());
        next.await;
    }
    answered
}
