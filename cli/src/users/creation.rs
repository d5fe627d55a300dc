//! Creates the user of a record, without creating one twice.

use logto_admin::models::User;
use logto_admin::{Error, Timestamp};

use super::completion::has_more;
use super::creation_outcome;
use super::import_retry_policy::{patient, wait_after};
use super::journal::Entry;
use super::record_result::RecordError;
use super::user_bodies::{identifiers, members};
use super::user_of_record::{self, Found};
use super::write::{OnConflict, Origin, Row, Target, Writer, partial};
use crate::failure::is_ambiguous;
use crate::json_object;
use crate::lookup::is_absent;

/// Code of a refusal: another user has the social identity.
const IDENTITY_TAKEN: &str = "user.identity_already_in_use";

/// Number of times that an ambiguous creation is tried.
const TRIES: u32 = 4;

/// Whether the server, or a gateway, asks to try again later.
fn is_busy(error: &Error) -> bool {
    error.status() == Some(503)
}

impl Writer {
    /// Creates the user, or returns the one that exists. A creation with an unknown end is looked up before it is
    /// repeated, so no user is created twice. Without identifiers, it is not repeated. The attempt of an earlier run can
    /// be pending: it might still end with a user.
    pub(super) async fn create(
        &self,
        row: &Row<'_>,
        found: Option<Found>,
        is_pending: bool,
    ) -> Result<Result<Target, Box<User>>, RecordError> {
        let (key, record) = (row.key, row.record);
        if let Some(user) = self.find(record, found).await? {
            return Ok(Err(Box::new(user)));
        }
        if self.is_dry_run {
            return Ok(Ok(Target { id: String::new(), origin: Origin::Answered }));
        }
        let (body, identifiers) = (members(record), identifiers(record));
        // A gateway can repeat a creation, which then conflicts with itself. A record that fails has to be looked at anyway.
        let can_be_repeated = self.on_conflict != OnConflict::Fail;
        let (mut tried, mut is_unclear) = (0, is_pending);
        loop {
            tried += 1;
            let at = Timestamp::now().as_millis();
            let digest = Some(row.digest.clone());
            self.note(&Entry::Started { key: key.to_owned(), at, identifiers: identifiers.clone(), digest })?;
            let error = match self.request("CreateUser")?.json(&body).await {
                Ok(user) => {
                    let id = json_object::text(&user, "id");
                    if !id.is_empty() {
                        return Ok(Ok(self.created(row, id, Origin::Answered)?));
                    }
                    let user = creation_outcome::created_user(&self.client, &identifiers, at).await;
                    let user = user.and_then(|user| user.ok_or_else(creation_outcome::without_id));
                    return Ok(Ok(self.created(row, user.map_err(partial)?.id, Origin::Unclear)?));
                }
                Err(error) => error,
            };
            let is_ambiguous = is_ambiguous(&error);
            // The client repeats what the server has refused for a while, with 429. The conflict can be with the first try.
            is_unclear |= is_ambiguous || (error.is_conflict() && error.attempts() > 1);
            if is_unclear && identifiers.is_empty() {
                return Err(partial(creation_outcome::unknown(&error.to_string())));
            }
            let found = match is_ambiguous || error.is_conflict() {
                true => {
                    user_of_record::find_refused(&self.client, &identifiers, self.username_case, error.code()).await
                }
                false => Ok(None),
            };
            match found {
                Ok(Some(user))
                    if (is_unclear || can_be_repeated) && creation_outcome::is_created(&user, &identifiers, at) =>
                {
                    return Ok(Ok(self.created(row, user.id, Origin::Unclear)?));
                }
                Ok(None) if is_busy(&error) && tried < patient().attempts => {
                    tokio::time::sleep(wait_after(tried)).await;
                    continue;
                }
                Ok(None) if is_ambiguous && tried < TRIES => continue,
                // The attempt might still end with a user.
                Ok(None) | Err(_) if is_unclear => {}
                _ if is_pending => {}
                // The server refused, or the identifiers belong to another user.
                _ => self.note(&Entry::Refused { key: key.to_owned() })?,
            }
            let found = found.and_then(|user| user.ok_or_else(|| error.into()));
            return found
                .map(|user| Err(Box::new(user)))
                .map_err(|problem| RecordError { is_partial: is_unclear, ..problem });
        }
    }

    /// Notes the created user. Fails if an unclear creation found the user of another record.
    pub(super) fn created(&self, row: &Row<'_>, id: String, origin: Origin) -> Result<Target, RecordError> {
        self.claim(row, &id).map_err(partial)?;
        // Otherwise the next entry is that the record is done.
        if has_more(row.record) {
            let unclear = origin == Origin::Unclear;
            let digest = Some(row.digest.clone());
            let entry = Entry::Created { key: row.key.to_owned(), id: id.clone(), unclear, digest };
            self.note(&entry).map_err(partial)?;
        }
        Ok(Target { id, origin })
    }

    /// Deletes the created user if another user has one of its social identities. The server cannot look these up.
    /// Leaves a user whose creation this run got no answer to. Returns the problem of the record.
    pub(super) async fn taken_back(&self, key: &str, target: &Target, problem: RecordError) -> RecordError {
        let problem = partial(problem);
        if problem.code.as_deref() != Some(IDENTITY_TAKEN) || target.origin == Origin::Existing {
            return problem;
        }
        if target.origin != Origin::Answered {
            let why = "was left: this run got no answer to its creation";
            return RecordError { message: format!("{}; the user {} {why}", problem.message, target.id), ..problem };
        }
        match self.client.users().delete(&target.id).retry(patient()).await {
            Err(error) if !is_absent(&error) => {
                let message =
                    format!("{}; the user {} was created and not deleted: {error}", problem.message, target.id);
                RecordError { message, ..problem }
            }
            _ => match self.note(&Entry::Undone { key: key.to_owned() }) {
                Ok(()) => {
                    let message =
                        format!("{}; the user that was created for the record was deleted again", problem.message);
                    RecordError { message, is_partial: false, ..problem }
                }
                Err(fatal) => fatal,
            },
        }
    }
}
