//! Imports users: several at the same time, resumable, with a report per record.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use logto_admin::bulk::Concurrency;

use super::record::ImportedUser;
use super::report::{Line, Summary};
use super::write::Writer;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;

/// How many records lie between two writes of the journal to the disk.
const SYNC: u64 = 100;

/// A record with its place in the input.
#[derive(Clone, Debug)]
pub struct Item {
    /// File and line.
    pub place: String,
    /// The record.
    pub user: ImportedUser,
}

impl Item {
    /// Returns what identifies the record in the journal.
    #[must_use]
    pub fn key(&self) -> String {
        let user = &self.user;
        let kinds = [
            ("id", &user.id),
            ("email", &user.primary_email),
            ("phone", &user.primary_phone),
            ("username", &user.username),
        ];
        let known = kinds.into_iter().find_map(|(kind, value)| Some(format!("{kind}:{}", value.as_ref()?)));
        known.unwrap_or_else(|| format!("place:{}", self.place))
    }
}

/// Brings all records into the tenant. `report` gets a line per record. Ends early after `max_failures` failures, or
/// when `interrupt` is set; records in progress are completed.
pub async fn import(
    writer: &Writer,
    items: impl Iterator<Item = Item> + Send + 'static,
    concurrency: Concurrency,
    max_failures: Option<u64>,
    interrupt: &Interrupt,
    report: &mut (dyn FnMut(&Line) -> Result<()> + Send),
) -> Result<Summary> {
    let mut summary = Summary::default();
    let asked = interrupt.clone();
    let ended = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let end = Arc::clone(&ended);
    let mut items = items;
    let items = std::iter::from_fn(move || {
        if asked.is_set() {
            return None;
        }
        let item = items.next();
        end.store(item.is_none(), std::sync::atomic::Ordering::Relaxed);
        item
    });
    let client = writer.client.clone();
    let shared = writer.clone();
    let mut lines = client.for_each(stream::iter(items), concurrency, move |item| {
        let writer = shared.clone();
        async move { line(&writer, item).await }
    });
    let mut done = 0;
    while let Some(line) = lines.next().await {
        if line.is_fatal {
            // Without its journal, the import could not continue later.
            return Err(Failure::new(line.message.unwrap_or_default()));
        }
        summary.count(line.outcome);
        report(&line)?;
        done += 1;
        if done % SYNC == 0 {
            writer.sync()?;
        }
        if max_failures.is_some_and(|most| summary.failed >= most) {
            interrupt.set();
        }
    }
    summary.is_incomplete = !ended.load(std::sync::atomic::Ordering::Relaxed);
    writer.sync()?;
    Ok(summary)
}

async fn line(writer: &Writer, item: Item) -> Line {
    let blank = Line::failed(&item.place, item.user.label());
    match writer.write(&item.key(), &item.user).await {
        Ok((outcome, id)) => Line { outcome, id, ..blank },
        Err(problem) => Line {
            code: problem.code,
            field: problem.field,
            message: Some(problem.message),
            problems: problem.problems,
            is_overload: problem.is_overload,
            is_fatal: problem.is_fatal,
            ..blank
        },
    }
}
