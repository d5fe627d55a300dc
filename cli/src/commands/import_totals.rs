//! The end of an import: totals, advice, and the exit code.

use crate::context::Context;
use crate::failure::{Exit, Failure, Result, even_if_unread};
use crate::output::counted;
use crate::users::record_reader::Checked;
use crate::users::summary::Summary;

/// Prints the totals, and what to do about them.
pub(super) fn finish(
    context: &mut Context,
    is_dry_run: bool,
    max_failures: Option<u64>,
    summary: Summary,
    checked: &Checked,
) -> Result<Exit> {
    let invalid = checked.rejected.len() as u64;
    let is_short = !summary.is_incomplete && summary.records() < checked.users;
    let mut totals = summary.to_json();
    crate::json_object::set(&mut totals, "invalid", invalid);
    if is_dry_run {
        context.printer.message("dry run: nothing was written");
    }
    let has_changed = summary.created + summary.unclear + summary.updated > 0;
    even_if_unread(context.printer.item(&totals))
        .map_err(|failure| failure.after_changes_if(has_changed && !is_dry_run))?;
    if summary.unclear > 0 {
        let message = "without a clear answer to the creation: they might belong to others, so an undo leaves them";
        context.printer.message(&format!("{} {message}", counted(summary.unclear, "user")));
    }
    if summary.journaled > 0 {
        let message =
            "done according to the journal, not compared with the server: pass another --journal to look them up again";
        context.printer.message(&format!("{} {message}", counted(summary.journaled, "record")));
        if checked.clear_passwords() > 0 {
            let message = "note: their passwords in clear text were not compared with those of the earlier run";
            context.printer.message(message);
        }
    }
    if summary.outdated > 0 {
        let message = "changed since the earlier run: pass --on-conflict update to change the users too";
        context.printer.message(&format!("{} {message}", counted(summary.outdated, "record")));
    }
    if summary.is_incomplete && !summary.is_unreachable {
        let is_limit = max_failures.is_some_and(|most| summary.failed >= most);
        advise(context, is_dry_run, summary.failed, is_limit);
    }
    if is_short {
        let (read, users) = (summary.records(), checked.users);
        context
            .printer
            .problem(&format!("the files have changed since they were checked: {read} of {users} users were read"));
    }
    if summary.is_unreachable {
        return Err(unreachable(&summary, is_dry_run));
    }
    let is_whole = !is_short && !summary.is_incomplete && summary.failed == 0 && invalid == 0;
    Ok(match is_dry_run {
        _ if is_whole => Exit::Done,
        false if summary.has_done_something() => Exit::Partly,
        // Nothing has failed, so Ctrl-C has ended it.
        _ if summary.is_incomplete && summary.failed == 0 => Exit::Interrupted,
        true if invalid > 0 => Exit::Usage,
        _ => Exit::Failed,
    })
}

/// Prints how to go on after an import that has ended before its last record. `is_limit` is whether it had as many
/// failures as allowed.
fn advise(context: &mut Context, is_dry_run: bool, failed: u64, is_limit: bool) {
    let (printer, failures) = (&mut context.printer, counted(failed, "failure"));
    if is_dry_run {
        printer.problem("the dry run is incomplete: it has not looked at all records");
        if is_limit {
            printer.message(&format!("it stopped after {failures}: raise --max-failures to see the others"));
        }
        return;
    }
    printer.problem("the import is incomplete: run the same command again to continue");
    let correct = "correct or remove the failed records, which the next run tries again";
    if is_limit {
        printer.message(&format!("it stopped after {failures}: {correct}, or raise --max-failures"));
    } else if failed > 0 {
        printer.message(&format!("{correct} ({})", counted(failed, "record")));
    }
}

/// The failure of an import whose server is gone.
fn unreachable(summary: &Summary, is_dry_run: bool) -> Failure {
    let failure = Failure::new("the server cannot be reached: the import has ended");
    if is_dry_run {
        return failure;
    }
    let hint = "run the same command again when the server is back: the journal continues the import";
    failure.after_changes_if(summary.has_done_something()).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_without_a_server_is_partly_done_if_something_was_done() {
        let summary = Summary { failed: 4, is_incomplete: true, is_unreachable: true, ..Summary::default() };
        assert_eq!(unreachable(&summary, false).exit, Exit::Failed);
        for partly in [Summary { created: 1, ..summary }, Summary { partial: 1, ..summary }] {
            let failure = unreachable(&partly, false);
            assert_eq!((failure.exit, unreachable(&partly, true).exit), (Exit::Partly, Exit::Failed));
            assert!(failure.message().starts_with("the server cannot be reached"));
            assert!(failure.hint().unwrap().contains("the journal continues the import"));
        }
    }
}
