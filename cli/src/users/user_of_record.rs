//! Finds the users that records belong to.

use logto_admin::models::User;
use logto_admin::{Client, UserSearchMember};

use super::import_retry_policy::patient;
use super::journal::Identifiers;
use super::record_result::RecordError;
use crate::lookup::{self, ID, IDENTIFIERS, has_without_case, member_of};
use crate::username_case::UsernameCase;

/// Code of a failure: the identifiers of a record belong to several users.
pub(super) const SEVERAL: &str = "user.several";

/// Code of a refusal: another user has the username, maybe in another case.
const TAKEN: &str = "user.username_already_in_use";

/// The user of a record, if it exists. Fails if the identifiers belong to several users.
pub type Found = Result<Option<User>, RecordError>;

/// Finds the users of many records in one search. Compares phone numbers and ids exactly, and email addresses without case, as
/// the server does.
pub(super) async fn find_all(
    client: &Client,
    records: &[Identifiers],
    case: UsernameCase,
) -> logto_admin::Result<Vec<Found>> {
    let users = search(client, records).await?;
    Ok(records.iter().map(|identifiers| pick(&users, identifiers, case).map(Option::<&User>::cloned)).collect())
}

/// Finds the user of a record.
pub(super) async fn find(client: &Client, identifiers: &Identifiers, case: UsernameCase) -> Found {
    find_refused(client, identifiers, case, None).await
}

/// Finds the user of a record that the server has refused. If the username is taken in another case only, that is the user:
/// the setting might be unknown, or have changed.
pub(super) async fn find_refused(
    client: &Client,
    identifiers: &Identifiers,
    case: UsernameCase,
    code: Option<&str>,
) -> Found {
    let users = search(client, std::slice::from_ref(identifiers)).await?;
    let found = match pick(&users, identifiers, case)? {
        None if code == Some(TAKEN) => pick(&users, identifiers, UsernameCase::Ignored)?,
        found => found,
    };
    Ok(found.cloned())
}

/// A reason to look at the user of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The reason.
    pub message: String,
    /// Whether only the ids differ, as in all records of an export from another tenant.
    pub is_about_id: bool,
}

impl Doubt {
    /// Returns the doubt that an update left second factors of the user. The record has these too.
    pub(super) fn about_factors(user: &User, kept: &[&str]) -> Option<Self> {
        let message =
            || format!("the user {} keeps its {}: an update replaces no second factor", user.id, kept.join(" and "));
        (!kept.is_empty()).then(|| Self { message: message(), is_about_id: false })
    }

    /// Combines two doubts about the same user.
    pub(super) fn and(self, other: Self) -> Self {
        let message = format!("{}; {}", self.message, other.message);
        Self { message, is_about_id: self.is_about_id && other.is_about_id }
    }
}

/// Whether a user has an identifier of a record, in any case.
pub(super) fn is_similar(user: &User, identifiers: &Identifiers) -> bool {
    identifiers.iter().any(|(member, value)| has_without_case(user, member, value))
}

/// Returns the doubt about a user that has one identifier of a record. The user differs in another one. The id of the
/// record and one more leave no doubt. The id alone does: it can be that of somebody else in another tenant.
pub(super) fn doubt(user: &User, identifiers: &Identifiers) -> Option<Doubt> {
    let of = |is_same: bool| {
        let known = identifiers.iter().filter(|(member, _)| member_of(user, member).is_some_and(|own| !own.is_empty()));
        let chosen = known.filter(|(member, value)| has_without_case(user, member, value) == is_same);
        chosen.map(|(member, _)| member.as_str()).collect::<Vec<_>>()
    };
    let (same, other) = (of(true), of(false));
    let is_certain = other.is_empty() || same.len() > 1 && same.contains(&ID);
    (!is_certain).then(|| {
        let is_about_id = other == [ID];
        let (same, other) = (same.join(" and "), other.join(" and "));
        let shared = if same.is_empty() { "no identifier".to_owned() } else { format!("the {same}") };
        let message =
            format!("the user {} has {shared} of the record, but another {other}: is it the same person?", user.id);
        Doubt { message, is_about_id }
    })
}

/// Returns the users with an identifier of one of the records. The server compares without case.
async fn search(client: &Client, records: &[Identifiers]) -> logto_admin::Result<Vec<User>> {
    let mut values = Vec::new();
    for (member, search) in [(ID, UserSearchMember::Id)].into_iter().chain(IDENTIFIERS) {
        let known = records.iter().filter_map(|identifiers| identifiers.get(member));
        // The server refuses a search with these, and no user has them.
        let known = known.filter(|value| !value.is_empty() && !value.contains('\0'));
        values.extend(known.map(|value| (search.clone(), value.as_str())));
    }
    lookup::users_with(client, &values, patient()).await
}

/// Whether the user has this identifier.
fn has(user: &User, member: &str, value: &str, case: UsernameCase) -> bool {
    match case {
        UsernameCase::Ignored if member == "username" => has_without_case(user, member, value),
        UsernameCase::Matters | UsernameCase::Ignored => lookup::has(user, member, value),
    }
}

/// Returns the user of a record. A match by id takes precedence.
fn pick<'u>(users: &'u [User], identifiers: &Identifiers, case: UsernameCase) -> Result<Option<&'u User>, RecordError> {
    let user_with = |member: &str| {
        let value = identifiers.get(member)?;
        users.iter().find(|user| has(user, member, value, case))
    };
    if let Some(user) = user_with(ID) {
        return Ok(Some(user));
    }
    let mut found: Option<&User> = None;
    for (member, _) in IDENTIFIERS {
        match user_with(member) {
            Some(user) if found.is_some_and(|other| other.id != user.id) => {
                let message =
                    format!("the identifiers of the record belong to several users; {member} belongs to {}", user.id);
                let (code, field) = (Some(SEVERAL.to_owned()), Some(member.to_owned()));
                return Err(RecordError { code, field, message, ..RecordError::default() });
            }
            Some(user) => found = Some(user),
            None => {}
        }
    }
    Ok(found)
}
