//! Page prefetching, from a server that takes 20 ms per page.

use anyhow::{Result, ensure};
use futures_util::TryStreamExt;
use logto_admin::Client;
use logto_admin_benches::data::USERS;
use logto_admin_benches::report::{Report, Table};
use logto_admin_benches::server::Server;
use logto_admin_benches::sides;
use tokio::runtime::Builder;

use logto_admin_benches::clock::Stopwatch;

const PAGES: usize = 100;
const FIRST: usize = USERS / 100 - PAGES + 1;

pub(crate) fn measure() -> Result<()> {
    let server = Server::find()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let client = sides::client(server.url())?;
    let mut report = Report::default();
    let title = "100 pages of 100 users from a server that takes 20 ms per page";
    let mut table = Table::new(title, &["pages in flight", "seconds", "speedup"]);
    let mut alone = 0.0;
    for pages in [1, 2, 4, 8] {
        let seconds = runtime.block_on(read(&client, pages))?;
        if pages == 1 {
            alone = seconds;
        }
        table.row([pages.to_string(), format!("{seconds:.2}"), format!("{:.1}", alone / seconds)]);
        report.timed(
            format!("time relative to perfect overlap, pages in flight: {pages}"),
            seconds * pages as f64 / alone,
            1.25,
        );
    }
    report.table(table);
    report.print()
}

async fn read(client: &Client, pages: usize) -> Result<f64> {
    let list = client.users().list().search("slow").page(u32::try_from(FIRST)?).prefetch(pages);
    let start = Stopwatch::start();
    let ids: Vec<String> = list.stream().map_ok(|user| user.id).try_collect().await?;
    let expected = ((FIRST - 1) * 100..USERS).map(logto_admin_benches::data::id);
    ensure!(ids.into_iter().eq(expected), "users should arrive in order");
    Ok(start.seconds())
}
