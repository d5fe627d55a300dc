//! Brings one record into the tenant: the user, and what belongs to it.

use std::sync::{Arc, Mutex, PoisonError};

use logto_admin::models::User;
use logto_admin::serde_json::json;
use logto_admin::{Client, Request, Untyped};

use super::creation_outcome;
use super::import_retry_policy::patient;
use super::journal::{Entry, Identifiers, Journal, Standing};
use super::matched_users::MatchedUsers;
use super::names::Names;
use super::record::{ImportedUser, Item};
use super::record_result::{Outcome, RecordError};
use super::user_bodies::{change, digest_of, identifiers};
use super::user_of_record::{self, Doubt, Found};
use crate::failure::is_ambiguous;
use crate::lookup;
use crate::username_case::UsernameCase;

/// Action for a record whose user exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OnConflict {
    /// Leave the user alone
    #[default]
    Skip,
    /// Change the user: members of the record replace those of the user
    Update,
    /// Report the record as failed
    Fail,
}

/// Brings records into a tenant.
#[derive(Clone, Debug)]
pub struct Writer {
    /// The client of the tenant.
    pub client: Client,
    /// The roles and organizations of the tenant.
    pub names: Arc<Names>,
    /// Action for a record whose user exists.
    pub on_conflict: OnConflict,
    /// Whether usernames that differ in case are those of different users.
    pub username_case: UsernameCase,
    /// Whether a record's id is the id of a user in this tenant.
    pub matches_ids: bool,
    /// The journal. A dry run might have none.
    pub journal: Option<Arc<Mutex<Journal>>>,
    /// The users of the records so far.
    pub matched: MatchedUsers,
    /// Whether to write nothing, and only find out what would be done.
    pub is_dry_run: bool,
}

/// The treatment of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The outcome.
    pub outcome: Outcome,
    /// Id of the user.
    pub id: Option<String>,
    /// Reason to look at the user.
    pub warning: Option<Doubt>,
}

impl Done {
    fn new(outcome: Outcome, id: impl Into<Option<String>>) -> Self {
        Self { outcome, id: id.into(), warning: None }
    }

    /// Adds a reason to look at the user.
    fn with_doubt(mut self, doubt: Option<Doubt>) -> Self {
        self.warning = match (doubt, self.warning.take()) {
            (Some(doubt), Some(other)) => Some(doubt.and(other)),
            (doubt, other) => doubt.or(other),
        };
        self
    }
}

/// The result for a record.
pub type Written = Result<Done, RecordError>;

/// The user of a record, and where it comes from.
pub(super) struct Target {
    pub(super) id: String,
    pub(super) origin: Origin,
}

/// Where the user of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// This run created it, and got the answer.
    Answered,
    /// An earlier run created it, and got the answer.
    Earlier,
    /// The creation had no clear answer, and the user looks like that of the record. It might be somebody else's.
    Unclear,
    /// It existed before.
    Existing,
}

/// A record that is written, with its key and digest in the journal.
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    pub(super) record: &'a ImportedUser,
    pub(super) digest: String,
}

impl Row<'_> {
    /// Whether a digest is that of the record. Older journals lack it.
    fn has(&self, digest: Option<&String>) -> bool {
        digest.is_none_or(|digest| *digest == self.digest)
    }
}

impl Origin {
    /// Returns the origin according to the journal.
    fn noted(created: bool, unclear: bool) -> Self {
        match (created, unclear) {
            (false, _) => Self::Existing,
            (true, true) => Self::Unclear,
            (true, false) => Self::Earlier,
        }
    }
}

impl Writer {
    /// Finds the users of records in one search. Leaves out records that an earlier run has begun. If the search fails, each
    /// record is looked up by itself.
    pub async fn look_up(&self, items: Vec<Item>) -> Vec<(Item, Option<Found>)> {
        let is_new = |item: &Item| self.journal.as_ref().is_none_or(|all| locked(all).standing(&item.key()).is_none());
        let new: Vec<bool> = items.iter().map(is_new).collect();
        let records = items.iter().zip(&new).filter(|(_, new)| **new).map(|(item, _)| self.matched_by(&item.user));
        let found = user_of_record::find_all(&self.client, &records.collect::<Vec<_>>(), self.username_case).await;
        let mut found = found.unwrap_or_default().into_iter();
        items.into_iter().zip(new).map(|(item, new)| (item, if new { found.next() } else { None })).collect()
    }

    /// Brings a record into the tenant, or finds out what would be done. Looks the user up unless that was done before.
    pub async fn write(&self, key: &str, record: &ImportedUser, found: Option<Found>) -> Written {
        let standing = self.journal.as_ref().and_then(|journal| locked(journal).standing(key).cloned());
        let row = Row { key, record, digest: digest_of(record) };
        let found = match standing {
            // The user that the record was skipped for never was certainly that of the record. Both can have changed.
            Some(Standing::Done { skipped: true, digest, .. })
                if self.on_conflict != OnConflict::Skip || !row.has(digest.as_ref()) =>
            {
                self.create(&row, None, false).await?
            }
            Some(Standing::Done { id, created, unclear, digest, .. }) => {
                if row.has(digest.as_ref()) {
                    // Another record then fails.
                    let _ = self.claim(&row, &id);
                    return Ok(Done::new(Outcome::Journaled, id));
                }
                let origin = Origin::noted(created, unclear);
                match self.changed(&row, Target { id, origin }).await? {
                    Some(done) => return Ok(done),
                    None => self.create(&row, None, false).await?,
                }
            }
            Some(Standing::Created { id, unclear, digest }) => match self.user(&id).await? {
                Some(user) => {
                    let target = Target { id, origin: Origin::noted(true, unclear) };
                    if !row.has(digest.as_ref()) {
                        return self.catch_up(&row, &user, target).await;
                    }
                    self.claim(&row, &target.id)?;
                    Ok(target)
                }
                None => self.create(&row, None, false).await?,
            },
            Some(Standing::Started { at, identifiers, digest }) => {
                match creation_outcome::created_user(&self.client, &identifiers, at).await? {
                    Some(user) if !row.has(digest.as_ref()) => {
                        let target = Target { id: user.id.clone(), origin: Origin::Unclear };
                        return self.catch_up(&row, &user, target).await;
                    }
                    Some(user) => Ok(self.created(&row, user.id, Origin::Unclear)?),
                    None => match self.create(&row, None, true).await? {
                        // Nobody had the identifiers before the attempt.
                        Err(user) if self.on_conflict == OnConflict::Skip && user.application_id.is_none() => {
                            return Err(creation_outcome::at_another_time(&user.id));
                        }
                        target => target,
                    },
                }
            }
            None => self.create(&row, found, false).await?,
        };
        match found {
            Ok(target) => {
                if let Err(problem) = self.complete(&target.id, record).await {
                    return Err(self.taken_back(key, &target, problem).await);
                }
                self.done(&row, &target, false)?;
                let is_unclear = target.origin == Origin::Unclear;
                // A dry run creates no user, so the record has no id yet.
                let id = Some(target.id).filter(|id| !id.is_empty());
                Ok(Done::new(if is_unclear { Outcome::Unclear } else { Outcome::Created }, id))
            }
            Err(user) => self.exists(&row, *user).await,
        }
    }

    /// Changes a user whose creation an earlier run has begun. That run had another content of the record. A user that
    /// might be somebody else's only changes on demand.
    async fn catch_up(&self, row: &Row<'_>, user: &User, target: Target) -> Written {
        self.claim(row, &target.id)?;
        if target.origin == Origin::Unclear && self.on_conflict != OnConflict::Update {
            return Ok(Done::new(Outcome::Outdated, target.id));
        }
        self.update(row, user, &target).await
    }

    /// Handles a record that changed since an earlier run. Returns none if the user does not exist any more.
    async fn changed(&self, row: &Row<'_>, target: Target) -> Result<Option<Done>, RecordError> {
        if self.on_conflict == OnConflict::Skip {
            self.claim(row, &target.id)?;
            return Ok(Some(Done::new(Outcome::Outdated, target.id)));
        }
        let Some(user) = self.user(&target.id).await? else { return Ok(None) };
        self.claim(row, &user.id)?;
        if self.on_conflict == OnConflict::Fail {
            return Err(conflict(&user));
        }
        if target.origin != Origin::Existing {
            return self.update(row, &user, &target).await.map(Some);
        }
        // The user was found by the earlier content of the record, which can have been about somebody else.
        if !user_of_record::is_similar(&user, &self.matched_by(row.record)) {
            return Err(stranger(&user));
        }
        let done = self.update(row, &user, &target).await?;
        Ok(Some(done.with_doubt(self.doubt(row.record, &user))))
    }

    /// Returns a user, or none if it does not exist any more.
    async fn user(&self, id: &str) -> Result<Option<User>, RecordError> {
        match self.client.users().get(id).retry(patient()).await {
            Ok(user) => Ok(Some(user)),
            Err(error) if lookup::is_absent(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the journal is on the disk.
    pub(super) fn sync(&self) -> crate::failure::Result<()> {
        self.journal.as_deref().filter(|_| !self.is_dry_run).map_or(Ok(()), |journal| locked(journal).sync())
    }

    /// Handles a record whose user exists.
    async fn exists(&self, row: &Row<'_>, mut user: User) -> Written {
        self.claim(row, &user.id)?;
        let target = Target { id: user.id.clone(), origin: Origin::Existing };
        let done = match self.on_conflict {
            OnConflict::Skip => {
                self.done(row, &target, true)?;
                Done::new(Outcome::Skipped, target.id)
            }
            OnConflict::Fail => return Err(conflict(&user)),
            OnConflict::Update => {
                user = self.current(row, user).await?;
                self.update(row, &user, &target).await?
            }
        };
        Ok(done.with_doubt(self.doubt(row.record, &user)))
    }

    /// Returns a user as it is right before a change. The search can be minutes old, and the change replaces `customData` and
    /// `profile` as a whole. Fails if the user has no identifier of the record any more. A dry run changes nothing.
    async fn current(&self, row: &Row<'_>, user: User) -> Result<User, RecordError> {
        if self.is_dry_run {
            return Ok(user);
        }
        let current = self.user(&user.id).await?;
        let is_same = |current: &User| user_of_record::is_similar(current, &self.matched_by(row.record));
        current.filter(is_same).ok_or_else(|| changed_meanwhile(&user.id))
    }

    /// Adds the users of earlier runs to those of the records so far.
    pub(super) fn match_journal(&self) {
        if let Some(journal) = &self.journal {
            self.matched.add_journal(&locked(journal));
        }
    }

    /// Fails if a user belongs to another record of the journal or of this run.
    pub(super) fn claim(&self, row: &Row<'_>, id: &str) -> Result<(), RecordError> {
        let keys = std::iter::once(row.key.to_owned()).chain(row.record.keys());
        if self.matched.add(id, keys) { Ok(()) } else { Err(several_records(id)) }
    }

    /// Returns a doubt if the user of a record has other identifiers, too. It might be somebody else.
    fn doubt(&self, record: &ImportedUser, user: &User) -> Option<Doubt> {
        user_of_record::doubt(user, &self.matched_by(record))
    }

    async fn update(&self, row: &Row<'_>, user: &User, target: &Target) -> Written {
        if self.is_dry_run {
            return Ok(Done::new(Outcome::Updated, target.id.clone()));
        }
        let record = row.record;
        let body = change(record, user);
        let change = self.request("UpdateUser")?.path("userId", &user.id);
        change.json(&body).await.map_err(|error| RecordError { is_partial: is_ambiguous(&error), ..error.into() })?;
        if let Some(password) = &record.password {
            let change = self.request("UpdateUserPassword")?.path("userId", &user.id);
            change.json(&json!({ "password": password })).await.map_err(|error| partial(error.into()))?;
        }
        let kept = self.complete(&user.id, record).await.map_err(|problem| {
            let message = format!("{}; other members of the user were changed before", problem.message);
            partial(RecordError { message, ..problem })
        })?;
        self.done(row, target, false)?;
        Ok(Done::new(Outcome::Updated, target.id.clone()).with_doubt(Doubt::about_factors(user, &kept)))
    }

    /// Returns the user of a record. Fails if its identifiers belong to several users.
    pub(super) async fn find(&self, record: &ImportedUser, found: Option<Found>) -> Found {
        match found {
            Some(found) => found,
            None => user_of_record::find(&self.client, &self.matched_by(record), self.username_case).await,
        }
    }

    /// Returns the identifiers to look up for a record.
    fn matched_by(&self, record: &ImportedUser) -> Identifiers {
        let id = record.id.clone().filter(|_| self.matches_ids);
        let id = id.map(|id| (lookup::ID.to_owned(), id));
        identifiers(record).into_iter().chain(id).collect()
    }

    pub(super) fn request(&self, operation: &str) -> Result<Request<Untyped>, RecordError> {
        Ok(self.client.operation(operation)?.retry(patient()))
    }

    fn done(&self, row: &Row<'_>, target: &Target, skipped: bool) -> Result<(), RecordError> {
        let (key, id, digest) = (row.key.to_owned(), target.id.clone(), Some(row.digest.clone()));
        let (created, unclear) = (target.origin != Origin::Existing, target.origin == Origin::Unclear);
        let noted = self.note(&Entry::Done { key, id, created, unclear, skipped, digest });
        if skipped { noted } else { noted.map_err(partial) }
    }

    pub(super) fn note(&self, entry: &Entry) -> Result<(), RecordError> {
        let Some(journal) = self.journal.as_ref().filter(|_| !self.is_dry_run) else { return Ok(()) };
        locked(journal).add(entry).map_err(|failure| RecordError { is_fatal: true, ..failure.into() })
    }
}

fn locked(journal: &Mutex<Journal>) -> std::sync::MutexGuard<'_, Journal> {
    journal.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A failure after a change, or one that leaves it unclear whether there was one.
pub(super) fn partial(problem: RecordError) -> RecordError {
    RecordError { is_partial: true, ..problem }
}

/// Two people would become one user.
fn several_records(id: &str) -> RecordError {
    let message = format!("another record of the import, maybe of an earlier run, belongs to the same user: {id}");
    RecordError { code: Some("user.several_records".to_owned()), message, ..RecordError::default() }
}

/// The user that an earlier run found is another one than that of the record.
fn stranger(user: &User) -> RecordError {
    let message = format!(
        "the user {} of the earlier run has no identifier of the changed record and might be somebody else; import the \
         record with another journal to look it up again",
        user.id
    );
    RecordError { code: Some("user.changed_record".to_owned()), message, ..RecordError::default() }
}

/// The user changed between the search and the update.
fn changed_meanwhile(id: &str) -> RecordError {
    let message = format!(
        "the user {id} was deleted, or has no identifier of the record any more: run the same command again to look the \
         record up again"
    );
    RecordError { code: Some("user.changed_meanwhile".to_owned()), message, ..RecordError::default() }
}

fn conflict(user: &User) -> RecordError {
    let message = format!("the user exists: {}", user.id);
    RecordError { code: Some("user.exists".to_owned()), message, ..RecordError::default() }
}
