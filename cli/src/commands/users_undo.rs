//! `users import undo`: deletes the users that an import created.

use std::path::Path;

use crate::context::Context;
use crate::failure::{Exit, Failure, Result};
use crate::interrupt::Interrupt;
use crate::output::counted;
use crate::progress::Progress;
use crate::users::journal::Journal;
use crate::users::outage::Outage;
use crate::users::undo;

pub(crate) async fn run(context: &mut Context, path: &Path, with_unclear: bool) -> Result<Exit> {
    let outage = Outage::default();
    let client = outage.client(context.connection()?)?;
    if !path.exists() {
        return Err(Failure::usage(format!("no journal at {}", path.display())));
    }
    let mut journal = Journal::open_existing(path, client.endpoint().url())?;
    let undo::Users { created: mut users, mut unclear } = undo::users(&client, &journal).await?;
    if with_unclear {
        let known = |unclear: &undo::Unclear| Some(undo::Created { key: unclear.key.clone(), id: unclear.id.clone()? });
        users.extend(unclear.iter().filter_map(known));
        unclear.retain(|unclear| unclear.id.is_none());
    }
    for undo::Unclear { key, message, .. } in &unclear {
        context.printer.warning(&format!("left out {key}: {message}"));
    }
    if unclear.iter().any(|unclear| unclear.id.is_some()) {
        context.printer.message("hint: check the users that were left out, and pass `--unclear` to delete them too");
    }
    match (users.is_empty(), unclear.is_empty()) {
        (true, true) => {
            context.printer.message("the import created no users that still exist");
            return Ok(Exit::Done);
        }
        (true, false) => {
            context.printer.message("deleted no users");
            return Ok(Exit::Partly);
        }
        (false, _) => {}
    }
    context.confirm(&format!("Delete {} that the import created?", counted(users.len(), "user")))?;
    let mut progress = Progress::new("users", Some(users.len() as u64), context.printer.quiet);
    if !context.printer.quiet {
        outage.print_with(progress.line_printer());
    }
    let interrupt = Interrupt::watch(progress.line_printer());
    let all = users.len();
    let undone = undo::delete(&client, &mut journal, users, &interrupt, &mut || progress.advance()).await?;
    progress.finish();
    let gone = if undone.gone > 0 { format!("; gone already: {}", undone.gone) } else { String::new() };
    let maybe = if undone.unclear > 0 { format!(", and maybe {} more", undone.unclear) } else { String::new() };
    context.printer.message(&format!("deleted {} of {}{maybe}{gone}", undone.deleted, counted(all, "user")));
    if undone.deleted + undone.gone < all {
        context.printer.problem("the undo is incomplete: run the same command again to continue");
        return Ok(if undone.deleted + undone.unclear > 0 { Exit::Partly } else { Exit::Interrupted });
    }
    Ok(if unclear.is_empty() { Exit::Done } else { Exit::Partly })
}
