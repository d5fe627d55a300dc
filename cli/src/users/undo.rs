//! Undoes an import: deletes the users that it created.

use std::future::ready;

use futures_util::{StreamExt, stream};
use logto_admin::Client;
use logto_admin::bulk::Concurrency;

use super::attempts::until_it_waits;
use super::creation_outcome;
use super::journal::{Entry, Journal, Standing};
use crate::failure::{Failure, Result, is_ambiguous};
use crate::interrupt::Interrupt;
use crate::lookup::is_absent;
use crate::output::counted;

/// A user that an import created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Key of the record.
    pub key: String,
    /// Id of the user.
    pub id: String,
}

/// The users of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Users that the import created.
    pub created: Vec<Created>,
    /// Records whose user cannot be determined: nothing is deleted for them.
    pub unclear: Vec<Unclear>,
}

/// A record for which an undo does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// Key of the record.
    pub key: String,
    /// Id of the user, if there is one that might be that of the record.
    pub id: Option<String>,
    /// The reason.
    pub message: String,
}

impl Unclear {
    fn user(key: &str, id: &str) -> Self {
        let message = format!("the creation had no clear answer, so the user {id} might belong to somebody else");
        Self { key: key.to_owned(), id: Some(id.to_owned()), message }
    }
}

/// Returns the users that the import created. Looks up those whose creation has an unknown end: these are unclear.
pub async fn users(client: &Client, journal: &Journal) -> Result<Users> {
    let mut users = Users::default();
    for (key, standing) in journal.users() {
        let (key, doubtful) = (key.to_owned(), |id: &String| Unclear::user(key, id));
        match standing {
            Standing::Created { id, unclear: true, .. } | Standing::Done { id, created: true, unclear: true, .. } => {
                users.unclear.push(doubtful(id));
            }
            Standing::Created { id, .. } | Standing::Done { id, created: true, .. } => {
                users.created.push(Created { key, id: id.clone() });
            }
            Standing::Done { created: false, .. } => {}
            Standing::Started { at, identifiers, .. } => {
                match creation_outcome::created_user(client, identifiers, *at).await {
                    Ok(user) => users.unclear.extend(user.map(|user| doubtful(&user.id))),
                    Err(problem) if creation_outcome::is_unclear(&problem) => {
                        users.unclear.push(Unclear { key, id: None, message: problem.message });
                    }
                    Err(problem) => return Err(Failure::new(problem.message)),
                }
            }
        }
    }
    users.created.sort_by(|one, other| one.key.cmp(&other.key));
    users.unclear.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(users)
}

/// How an undo ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Users that were deleted.
    pub deleted: usize,
    /// Users that were gone already.
    pub gone: usize,
    /// Users that an interrupt left after a deletion without a clear answer.
    pub unclear: usize,
}

/// Hint for deletions without a clear answer.
const REPEAT: &str = "run the same command again: it deletes the users that still exist";

/// Deletes the users, several at the same time.
///
/// After a failure or an interrupt, it only ends the calls in progress. It does not wait for the next attempt of a call,
/// if the client sends over [`Outage::watch`](super::outage::Outage::watch). A user whose deletion had no clear answer stays
/// in the journal, so that another undo deletes them.
pub async fn delete(
    client: &Client,
    journal: &mut Journal,
    users: Vec<Created>,
    interrupt: &Interrupt,
    advance: &mut (dyn FnMut() + Send),
) -> Result<Undone> {
    let (all, mut undone, mut failed) = (users.len(), Undone::default(), None);
    let stopped = interrupt.clone();
    let users = stream::iter(users).take_while(move |_| ready(!stopped.is_set()));
    let (caller, asked) = (client.clone(), interrupt.clone());
    let delete = move |user: Created| {
        let (call, interrupt) = (caller.users().delete(&user.id), asked.clone());
        async move {
            let ended = until_it_waits(&interrupt, call.into_future()).await;
            (user.key, ended.map_or_else(|left| Ok(Err(left)), |result| result.map(Ok)))
        }
    };
    let mut calls = client.for_each(users, Concurrency::default(), delete);
    while let Some((key, result)) = calls.next().await {
        match result {
            Ok(Ok(())) => undone.deleted += 1,
            Err(error) if is_absent(&error) => undone.gone += 1,
            Ok(Err(left)) => {
                undone.unclear += usize::from(left.might_have_changed);
                continue;
            }
            Err(error) => {
                interrupt.set();
                undone.unclear += usize::from(is_ambiguous(&error));
                failed.get_or_insert(error);
                continue;
            }
        }
        // The user is gone.
        journal.add(&Entry::Undone { key }).map_err(Failure::after_changes)?;
        advance();
    }
    journal.sync().map_err(Failure::after_changes)?;
    let Some(error) = failed else { return Ok(undone) };
    let doing = format!("deleted {} of {}", undone.deleted, counted(all, "user"));
    if undone.unclear > 0 {
        let failure = Failure::from(error).context(format!("{doing}, and maybe {} more", undone.unclear));
        return Err(failure.after_changes().with_hint(REPEAT));
    }
    Err(Failure::from(error).context(doing).after_changes_if(undone.deleted > 0))
}
