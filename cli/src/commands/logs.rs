//! `logs`: reads the audit logs.

use std::collections::HashSet;
use std::time::Duration;

use logto_admin::Client;
use logto_admin::serde_json::Value;

use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::interrupt::Interrupt;
use crate::output::Format;
use crate::progress::LinePrinter;
use crate::table::{Column, Growing, terminal_width};
use crate::{json_object, lookup};

/// A command about audit logs.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// List the newest entries
    List {
        /// Selection of entries
        #[command(flatten)]
        filter: Filter,
        /// Number of entries, at most 100
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
    },
    /// Print new entries as they come, until Ctrl-C
    Tail {
        /// Selection of entries
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

/// Selection of entries.
#[derive(clap::Args, Debug)]
pub struct Filter {
    /// Key of the entries, such as `ExchangeTokenBy.ClientCredentials`
    #[arg(long, alias = "event", value_name = "KEY")]
    key: Option<String>,
    /// Id, email address, phone number or username
    ///
    /// A user that was deleted has the id only.
    #[arg(long)]
    user: Option<String>,
    /// Id of the application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
}

impl Filter {
    /// Replaces what is known of the user by the id.
    async fn with_id(mut self, client: &Client) -> Result<Self> {
        if let Some(who) = &self.user {
            self.user = Some(lookup::id_of_past_user(client, who).await?);
        }
        Ok(self)
    }
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
            let filter = filter.with_id(&client).await?;
            let entries = entries(&client, &filter, 1, limit).await?;
            context.printer.list(COLUMNS, &entries)?;
        }
        Command::Tail { filter, interval, last } => {
            let filter = filter.with_id(&client).await?;
            tail(context, &client, &filter, Duration::from_secs(interval), last.into()).await?;
        }
    }
    Ok(Exit::Done)
}

/// Returns a page of entries, newest first.
async fn entries(client: &Client, filter: &Filter, page: u32, size: u32) -> Result<Vec<Value>> {
    let mut request = client.operation("ListLogs")?.query("page", page).query("page_size", size);
    let filters = [("logKey", &filter.key), ("userId", &filter.user), ("applicationId", &filter.application)];
    for (name, value) in filters {
        if let Some(value) = value {
            request = request.query(name, value.as_str());
        }
    }
    lookup::items(request.await?)
}

/// Entries per page: the most that Logto allows.
const PAGE: u32 = 100;

/// The ids of entries.
type Ids = HashSet<String>;

fn id(entry: &Value) -> String {
    json_object::text(entry, "id")
}

/// Returns the entries since those of an earlier request, newest first. Also returns the ids of all that were read.
/// Reads pages until one has an earlier entry.
async fn newer(client: &Client, filter: &Filter, seen: &Ids) -> Result<(Vec<Value>, Ids)> {
    let (mut new, mut ids) = (Vec::new(), Ids::new());
    for page in 1.. {
        let entries = entries(client, filter, page, PAGE).await?;
        let is_last = entries.len() < PAGE as usize || entries.iter().any(|entry| seen.contains(&id(entry)));
        // Entries that come meanwhile move others to the next page.
        new.extend(entries.into_iter().filter(|entry| ids.insert(id(entry)) && !seen.contains(&id(entry))));
        if is_last {
            break;
        }
    }
    Ok((new, ids))
}

/// Least widths of the columns of `tail`.
const WIDTHS: [usize; 6] = [20, 34, 7, 12, 21, 15];

async fn tail(context: &mut Context, client: &Client, filter: &Filter, interval: Duration, last: usize) -> Result<()> {
    let interrupt = Interrupt::watch(LinePrinter::default());
    context.printer.end_with(&interrupt);
    let (mut table, header) = Growing::new(COLUMNS, &WIDTHS, terminal_width());
    // One JSON value per entry: a list would never end.
    if context.printer.format == Format::Json {
        context.printer.format = Format::Ndjson;
    }
    let mut new = entries(client, filter, 1, PAGE).await?;
    let mut seen: Ids = new.iter().map(id).collect();
    new.truncate(last);
    if context.printer.format == Format::Table {
        context.printer.text(&header)?;
    }
    loop {
        new.reverse();
        let printed = context.printer.rows(&mut table, &new);
        if interrupt.is_set() {
            return Ok(());
        }
        printed?;
        tokio::select! {
            () = tokio::time::sleep(interval) => {}
            () = interrupt.wait() => return Ok(()),
        }
        (new, seen) = newer(client, filter, &seen).await?;
    }
}

#[cfg(test)]
mod tests {
    use logto_admin::transport::HttpResponse;
    use logto_admin_test_support::{FakeRuntime, ScriptedTransport, token_answer};
    use serde_json::json;

    use super::*;

    /// A client of a server with this many entries. The newest has the highest id.
    fn server(count: usize, runtime: &FakeRuntime) -> (Client, ScriptedTransport) {
        let transport = ScriptedTransport::new(move |request, options| async move {
            if options.token_call {
                return Ok(token_answer("token", 3600));
            }
            let query = request.url.split("page=").nth(1).unwrap_or_default();
            let page: usize = query.split('&').next().unwrap_or_default().parse().unwrap_or(1);
            let all = (0..count).rev().map(|number| json!({ "id": number.to_string() }));
            let entries: Vec<Value> = all.skip((page - 1) * PAGE as usize).take(PAGE as usize).collect();
            Ok(HttpResponse::json(200, Value::from(entries).to_string()))
        });
        (logto_admin_test_support::client(&transport, runtime), transport)
    }

    #[tokio::test]
    async fn a_user_is_found_by_whatever_is_known_of_them() {
        let client = logto_admin_emulator::Emulator::new().client().unwrap();
        let user = json!({ "username": "ada", "primaryEmail": "ada@example.com", "primaryPhone": "12025550100" });
        let user = client.operation("CreateUser").unwrap().json(&user).await.unwrap();
        let id = json_object::text(&user, "id");
        let selected = async |who: &str| {
            let filter = Filter { key: None, user: Some(who.to_owned()), application: None };
            filter.with_id(&client).await.map(|filter| filter.user.unwrap())
        };
        for who in [&id, "ada", "Ada@example.com", "+1 202 555 0100"] {
            assert_eq!(selected(who).await.unwrap(), id, "{who}");
        }
        for who in ["grace", "grace@example.com", "ADA", "+12025550101"] {
            assert!(selected(who).await.unwrap_err().to_string().contains("no user has the id"), "{who}");
        }
        client.users().delete(&id).await.unwrap();
        assert_eq!(selected(&id).await.unwrap(), id);
    }

    #[test]
    fn no_entry_between_two_requests_is_missed() {
        let filter = Filter { key: None, user: None, application: None };
        for (before, after, calls) in [(0, 0, 1), (50, 50, 1), (100, 103, 1), (120, 350, 3), (0, 250, 3)] {
            let runtime = FakeRuntime::new();
            let (client, transport) = server(after, &runtime);
            let seen = (0..before).rev().take(PAGE as usize).map(|number| number.to_string()).collect();
            let (new, _) = runtime.run(async { newer(&client, &filter, &seen).await.unwrap() });
            let expected: Vec<String> = (before..after).rev().map(|number| number.to_string()).collect();
            assert_eq!(new.iter().map(id).collect::<Vec<_>>(), expected, "{before} {after}");
            assert_eq!(transport.api_calls().len(), calls, "{before} {after}");
        }
    }
}
