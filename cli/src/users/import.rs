//! Imports users: several at the same time, resumable, with a report per record.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use futures_util::future::select;
use futures_util::{FutureExt, StreamExt, stream};
use logto_admin::bulk::Concurrency;

use super::attempts::{Left, until_it_waits};
use super::outage::Unreachable;
use super::record::Item;
use super::record_result::{Outcome, RecordResult};
use super::summary::Summary;
use super::user_of_record::Found;
use super::write::Writer;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;

/// Number of records per search. More would make a URL that proxies refuse.
const AT_ONCE: usize = 20;
/// Number of searches that are made ahead.
const AHEAD: usize = 2;

/// Number of records between two writes of the journal to the disk.
const SYNC: u64 = 100;

/// Brings all records into the tenant. `report` gets a line per record. Ends early after `max_failures` failures; records
/// in progress are completed. Also ends early when `interrupt` is set, or the server cannot be reached. Records that
/// wait for another attempt of a call are left, if the client sends over
/// [`Outage::watch`](super::outage::Outage::watch).
pub async fn import(
    writer: &Writer,
    items: impl Iterator<Item = Item> + Send + 'static,
    concurrency: Concurrency,
    max_failures: Option<u64>,
    interrupt: &Interrupt,
    report: &mut (dyn FnMut(&RecordResult) -> Result<()> + Send),
) -> Result<Summary> {
    let mut summary = Summary::default();
    writer.match_journal();
    let looking = writer.clone();
    let found = stream::iter(items).chunks(AT_ONCE).map(move |items| {
        let writer = looking.clone();
        async move { stream::iter(writer.look_up(items).await) }
    });
    let mut found = Box::pin(found.buffered(AHEAD).flatten());
    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    let items = stream::poll_fn(move |context| {
        let next = std::task::ready!(found.poll_next_unpin(context));
        end.store(next.is_none(), Ordering::Relaxed);
        Poll::Ready(next)
    });
    let enough = Interrupt::default();
    let (asked, failed) = (interrupt.clone(), enough.clone());
    let stop = async move { select(pin!(asked.wait()), pin!(failed.wait())).map(drop).await };
    let client = writer.client.clone();
    let (shared, stopped, running) = (writer.clone(), interrupt.clone(), Arc::new(AtomicUsize::new(0)));
    let started = Arc::clone(&running);
    let mut lines = client.for_each(items.take_until(Box::pin(stop)), concurrency, move |(item, found)| {
        started.fetch_add(1, Ordering::Relaxed);
        let (writer, interrupt) = (shared.clone(), stopped.clone());
        async move { line(&writer, item, found, &interrupt).await }
    });
    let (mut done, mut left, mut unreachable) = (0, 0_u64, Unreachable::default());
    // Why the import ends. The calls in progress are completed, so that the journal has what they did.
    let mut broken = None;
    while let Some(line) = lines.next().await {
        let running = running.fetch_sub(1, Ordering::Relaxed);
        summary.partial += u64::from(line.is_partial);
        if line.is_fatal {
            // Without its journal, the import could not continue later.
            broken.get_or_insert(Failure::new(line.message.unwrap_or_default()));
            interrupt.set();
            continue;
        }
        if line.is_left {
            left += 1;
            continue;
        }
        summary.count(line.outcome);
        done += 1;
        let reported = if broken.is_none() { report(&line) } else { Ok(()) };
        let kept = reported.and_then(|()| if done % SYNC == 0 { writer.sync() } else { Ok(()) });
        if let Err(failure) = kept {
            broken.get_or_insert(failure);
            interrupt.set();
        }
        if max_failures.is_some_and(|most| summary.failed >= most) {
            enough.set();
        }
        if line.is_unreachable {
            if unreachable.count(running) && !interrupt.is_set() {
                summary.is_unreachable = true;
                interrupt.set();
            }
        } else if line.outcome != Outcome::Journaled {
            // The server has answered. According to the journal, nobody asked it.
            unreachable.reset();
        }
    }
    if let Some(failure) = broken {
        return Err(failure.after_changes_if(!writer.is_dry_run && summary.has_done_something()));
    }
    summary.is_incomplete = left > 0 || !ended.load(Ordering::Relaxed);
    writer.sync()?;
    Ok(summary)
}

async fn line(writer: &Writer, item: Item, found: Option<Found>, interrupt: &Interrupt) -> RecordResult {
    let blank = RecordResult::failed(&item.location, item.user.label());
    let key = item.key();
    let written = until_it_waits(interrupt, writer.write(&key, &item.user, found)).await;
    let written = match written {
        Ok(written) => written,
        Err(Left { might_have_changed }) => {
            return RecordResult { is_left: true, is_partial: might_have_changed, ..blank };
        }
    };
    match written {
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
            is_unreachable: problem.is_unreachable,
            is_fatal: problem.is_fatal,
            is_partial: problem.is_partial,
            ..blank
        },
    }
}
