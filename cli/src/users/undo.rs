//! Undoes an import: deletes the users that it created.

use logto_admin::Client;

use super::journal::{Entry, Journal, Standing};
use super::write;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;

/// A user that an import created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Key of the record.
    pub key: String,
    /// Id of the user.
    pub id: String,
}

/// Returns the users that the import created. Looks up those whose creation has an unknown end.
pub async fn created(client: &Client, journal: &Journal) -> Result<Vec<Created>> {
    let mut all = Vec::new();
    for (key, standing) in journal.users() {
        let id = match standing {
            Standing::Created { id } | Standing::Done { id, created: true, .. } => Some(id.clone()),
            Standing::Done { created: false, .. } => None,
            Standing::Started { at, identifiers } => {
                let found = write::find(client, identifiers).await.map_err(|problem| Failure::new(problem.message))?;
                found.filter(|user| write::is_since(user, *at)).map(|user| user.id)
            }
        };
        all.extend(id.map(|id| Created { key: key.to_owned(), id }));
    }
    all.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(all)
}

/// How an undo ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Users that were deleted.
    pub deleted: usize,
    /// Users that were gone already.
    pub gone: usize,
}

/// Deletes the users.
pub async fn delete(
    client: &Client,
    journal: &mut Journal,
    users: &[Created],
    interrupt: &Interrupt,
    advance: &mut (dyn FnMut() + Send),
) -> Result<Undone> {
    let mut undone = Undone::default();
    for user in users {
        if interrupt.is_set() {
            break;
        }
        match client.users().delete(&user.id).await {
            Ok(()) => undone.deleted += 1,
            Err(error) if error.is_not_found() => undone.gone += 1,
            Err(error) => {
                return Err(Failure::from(error).context(format!(
                    "deleted {} of {} users",
                    undone.deleted,
                    users.len()
                )));
            }
        }
        journal.add(&Entry::Undone { key: user.key.clone() })?;
        advance();
    }
    journal.sync()?;
    Ok(undone)
}
