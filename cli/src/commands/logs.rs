//! `logs`: reads the audit logs.

use std::collections::HashSet;
use std::time::Duration;

use logto_admin::Client;
use logto_admin::serde_json::Value;

use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::interrupt::Interrupt;
use crate::output::Format;
use crate::progress::Lines;
use crate::table::{Column, Growing, terminal_width};

/// A command about audit logs.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List the newest entries
    List {
        /// Which entries
        #[command(flatten)]
        filter: Filter,
        /// Number of entries, at most 100
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
    },
    /// Print new entries as they come, until Ctrl-C
    Tail {
        /// Which entries
        #[command(flatten)]
        filter: Filter,
        /// Seconds between two requests
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
        interval: u64,
        /// Number of earlier entries to print first
        #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u8).range(..=100))]
        last: u8,
    },
}

/// Which entries to read.
#[derive(clap::Args, Debug)]
pub struct Filter {
    /// Key of the entries, such as `ExchangeTokenBy.ClientCredentials`
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Id of the user
    #[arg(long, value_name = "ID")]
    user: Option<String>,
    /// Id of the application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
}

const COLUMNS: &[Column] = &[
    ("time", "/createdAt"),
    ("key", "/key"),
    ("result", "/payload/result"),
    ("user", "/payload/userId"),
    ("application", "/payload/applicationId"),
    ("ip", "/payload/ip"),
];

pub(crate) async fn run(context: &mut Context, command: Command) -> Result<Exit> {
    let client = context.client()?;
    match command {
        Command::List { filter, limit } => {
            let entries = entries(&client, &filter, limit).await?;
            context.printer.list(COLUMNS, &entries)?;
        }
        Command::Tail { filter, interval, last } => {
            tail(context, &client, &filter, Duration::from_secs(interval), last.into()).await?;
        }
    }
    Ok(Exit::Done)
}

/// Returns the newest entries, newest first.
async fn entries(client: &Client, filter: &Filter, limit: u32) -> Result<Vec<Value>> {
    let mut request = client.operation("ListLogs")?.query("page", 1_u32).query("page_size", limit);
    let filters = [("logKey", &filter.key), ("userId", &filter.user), ("applicationId", &filter.application)];
    for (name, value) in filters {
        if let Some(value) = value {
            request = request.query(name, value.as_str());
        }
    }
    let Value::Array(entries) = request.await? else { return Ok(Vec::new()) };
    Ok(entries)
}

/// Least widths of the columns of `tail`.
const WIDTHS: [usize; 6] = [20, 34, 7, 12, 21, 15];

async fn tail(context: &mut Context, client: &Client, filter: &Filter, interval: Duration, last: usize) -> Result<()> {
    let interrupt = Interrupt::watch(Lines::default());
    let mut seen: Option<HashSet<String>> = None;
    let (mut table, header) = Growing::new(COLUMNS, &WIDTHS, terminal_width());
    // One JSON value per entry: a list would never end.
    if context.printer.format == Format::Json {
        context.printer.format = Format::Ndjson;
    }
    while !interrupt.is_set() {
        let mut new = entries(client, filter, 100).await?;
        let ids: HashSet<String> = new.iter().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect();
        match &seen {
            Some(seen) => new.retain(|entry| entry["id"].as_str().is_none_or(|id| !seen.contains(id))),
            None => {
                new.truncate(last);
                if context.printer.format == Format::Table {
                    context.printer.text(&header)?;
                }
            }
        }
        new.reverse();
        // Entries of the last request are enough to recognize those that come again.
        seen = Some(ids);
        context.printer.rows(&mut table, &new)?;
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = interrupt.wait() => {}
        }
    }
    Ok(())
}
