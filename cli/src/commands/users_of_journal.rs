//! Checks that a journal belongs to the tenant.

use std::path::Path;

use logto_admin::Client;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::lookup::is_absent;
use crate::users::journal::Journal;

/// Checks that the tenant has the users of a journal. A server can be reset, or another one can have its URL. Looks up
/// the first and the last user only.
pub(super) async fn check_users(context: &mut Context, client: &Client, journal: &Journal, path: &Path) -> Result<()> {
    let mut gone = Vec::new();
    for id in journal.ends() {
        match client.users().get(id).await {
            Ok(_) => {}
            Err(error) if is_absent(&error) => gone.push(id.as_str()),
            Err(error) => return Err(error.into()),
        }
    }
    let path = path.display();
    match gone.as_slice() {
        [] => {}
        [id] if journal.ends().len() > 1 => {
            context.printer.message(&format!("warning: the user {id} of the journal {path} does not exist any more: pass another --journal to create missing users again"));
        }
        _ => {
            let message = format!(
                "the tenant does not have the users of the journal {path}: the server was reset, or the users were deleted"
            );
            return Err(Failure::usage(message).with_hint("delete the journal to import all records again"));
        }
    }
    Ok(())
}
