//! Imports users: several at the same time, resumable, with a report per record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_util::{StreamExt, stream};
use logto_admin::bulk::Concurrency;

use super::existing::Found;
use super::record::Item;
use super::record_result::RecordResult;
use super::summary::Summary;
use super::write::Writer;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;

/// Number of records per search. More would make a URL that proxies refuse.
const AT_ONCE: usize = 20;
/// Number of searches that are made ahead.
const AHEAD: usize = 2;

/// Number of records between two writes of the journal to the disk.
const SYNC: u64 = 100;

/// Brings all records into the tenant. `report` gets a line per record. Ends early after `max_failures` failures, or
/// when `interrupt` is set; records in progress are completed.
pub async fn import(
    writer: &Writer,
    items: impl Iterator<Item = Item> + Send + 'static,
    concurrency: Concurrency,
    max_failures: Option<u64>,
    interrupt: &Interrupt,
    report: &mut (dyn FnMut(&RecordResult) -> Result<()> + Send),
) -> Result<Summary> {
    let mut summary = Summary::default();
    let looking = writer.clone();
    let found = stream::iter(items).chunks(AT_ONCE).map(move |items| {
        let writer = looking.clone();
        async move { stream::iter(writer.look_up(items).await) }
    });
    let mut found = Box::pin(found.buffered(AHEAD).flatten());
    let (asked, ended) = (interrupt.clone(), Arc::new(AtomicBool::new(false)));
    let end = Arc::clone(&ended);
    let items = stream::poll_fn(move |context| {
        if asked.is_set() {
            return Poll::Ready(None);
        }
        let next = std::task::ready!(found.poll_next_unpin(context));
        end.store(next.is_none(), Ordering::Relaxed);
        Poll::Ready(next)
    });
    let client = writer.client.clone();
    let shared = writer.clone();
    let mut lines = client.for_each(items, concurrency, move |(item, found)| {
        let writer = shared.clone();
        async move { line(&writer, item, found).await }
    });
    let mut done = 0;
    while let Some(line) = lines.next().await {
        if line.is_fatal {
            // Without its journal, the import could not continue later.
            return Err(Failure::new(line.message.unwrap_or_default()).after_changes_if(done > 0));
        }
        summary.count(line.outcome);
        summary.partial += u64::from(line.is_partial);
        report(&line).map_err(|failure| failure.after_changes_if(!writer.is_dry_run))?;
        done += 1;
        if done % SYNC == 0 {
            writer.sync().map_err(Failure::after_changes)?;
        }
        if max_failures.is_some_and(|most| summary.failed >= most) {
            interrupt.set();
        }
    }
    summary.is_incomplete = !ended.load(Ordering::Relaxed);
    writer.sync()?;
    Ok(summary)
}

async fn line(writer: &Writer, item: Item, found: Option<Found>) -> RecordResult {
    let blank = RecordResult::failed(&item.location, item.user.label());
    match writer.write(&item.key(), &item.user, found).await {
        Ok(done) => {
            let has_other_id = done.warning.as_ref().is_some_and(|doubt| doubt.is_about_id);
            let message = done.warning.map(|doubt| doubt.message);
            RecordResult { outcome: done.outcome, id: done.id, message, has_other_id, ..blank }
        }
        Err(problem) => RecordResult {
            code: problem.code,
            field: problem.field,
            message: Some(problem.message),
            problems: problem.problems,
            is_overload: problem.is_overload,
            is_fatal: problem.is_fatal,
            is_partial: problem.is_partial,
            ..blank
        },
    }
}
