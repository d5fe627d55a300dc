//! Calls for each of the users that a command names.

use logto_admin::Client;

use crate::context::Context;
use crate::failure::{Exit, Result};
use crate::interrupt::Interrupt;
use crate::lookup;
use crate::output::counted;
use crate::progress::LinePrinter;

/// The users that a command names, each of them once.
pub(super) struct Users<'a> {
    /// Those that exist: the first name that the command has for them, and the id.
    found: Vec<(&'a String, String)>,
    missing: usize,
}

impl Users<'_> {
    /// Returns the names of those that exist, as the command has them.
    pub(super) fn names(&self) -> Vec<&str> {
        self.found.iter().map(|(who, _)| who.as_str()).collect()
    }
}

/// Finds users, and reports those that do not exist. Fails if the only user does not exist.
pub(super) async fn find_each<'a>(context: &mut Context, client: &Client, users: &'a [String]) -> Result<Users<'a>> {
    let mut named: Vec<&String> = Vec::new();
    for who in users {
        if !named.contains(&who) {
            named.push(who);
        }
    }
    let is_only = named.len() == 1;
    let mut users = Users { found: Vec::new(), missing: 0 };
    for who in named {
        match lookup::user(client, who).await {
            Ok(user) if users.found.iter().any(|(_, id)| *id == user.id) => {}
            Ok(user) => users.found.push((who, user.id)),
            Err(failure) if is_only => return Err(failure),
            Err(failure) => {
                users.missing += 1;
                context.printer.error(&failure.to_string());
            }
        }
    }
    Ok(users)
}

/// Makes a call for each of several users, and reports each. A failure does not end the command, unless there is only one
/// user. Ctrl-C ends it after the call in progress.
pub(super) async fn for_each(
    context: &mut Context,
    users: Users<'_>,
    message: impl Fn(&str) -> String,
    call: impl AsyncFn(String) -> Result<()>,
) -> Result<Exit> {
    let interrupt = Interrupt::watch(LinePrinter::default());
    let (mut done, all) = (0, users.found.len() + users.missing);
    let mut unclear = 0;
    for (who, id) in users.found {
        if interrupt.is_set() {
            context.printer.message(&format!("interrupted: {done} of {} done, before {who}", counted(all, "user")));
            return Ok(Exit::of_part(done + unclear));
        }
        match call(id).await {
            Ok(()) => {
                done += 1;
                context.printer.message(&message(who));
            }
            Err(failure) if all == 1 => return Err(failure),
            Err(failure) => {
                context.printer.error(&failure.to_string());
                unclear += usize::from(failure.exit == Exit::Partly);
            }
        }
    }
    Ok(if done == all { Exit::Done } else { Exit::of_part(done + unclear) })
}
