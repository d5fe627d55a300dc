//! What an import did with each record, and in total.

use logto_admin::Error;
use logto_admin::serde_json::{Value, json};
use serde::Serialize;

use crate::failure::Failure;

/// What an import did, or would do, with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The user was created.
    Created,
    /// The existing user was changed.
    Updated,
    /// The user exists.
    Skipped,
    /// An earlier run was done with the record, according to the journal.
    Journaled,
    /// Something failed.
    Failed,
}

/// What an import did with a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// File and line of the record.
    pub place: String,
    /// What identifies the record for a person.
    pub user: String,
    /// What was done.
    pub outcome: Outcome,
    /// Id of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Logto's code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Member of the record that the failure is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why the record failed or was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether the server was overloaded.
    #[serde(skip)]
    pub is_overload: bool,
    /// Whether the import cannot go on, because the journal cannot be written.
    #[serde(skip)]
    pub is_fatal: bool,
}

impl Line {
    /// Creates a line for a record that failed.
    pub(crate) fn failed(place: &str, user: &str) -> Self {
        Self {
            place: place.to_owned(),
            user: user.to_owned(),
            outcome: Outcome::Failed,
            id: None,
            code: None,
            field: None,
            message: None,
            is_overload: false,
            is_fatal: false,
        }
    }
}

impl logto_admin::bulk::Overload for Line {
    fn is_overload(&self) -> bool {
        self.is_overload
    }
}

/// A failure that belongs to one record.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Logto's code.
    pub code: Option<String>,
    /// Member of the record.
    pub field: Option<String>,
    /// What went wrong.
    pub message: String,
    /// Whether the server was overloaded.
    pub is_overload: bool,
    /// Whether the import cannot go on, because the journal cannot be written.
    pub is_fatal: bool,
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self { message: failure.to_string(), ..Self::default() }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = error.code().map(str::to_owned);
        let field = of_issue(error.data().as_ref()).or_else(|| code.as_deref().and_then(of_code).map(str::to_owned));
        let is_overload = logto_admin::bulk::is_overload(&error);
        Self { code, field, message: error.to_string(), is_overload, is_fatal: false }
    }
}

/// Returns the member that the first issue of a validation error is about.
fn of_issue(data: Option<&Value>) -> Option<String> {
    let path = data?.pointer("/issues/0/path")?.as_array()?;
    let steps = path.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
    Some(steps.collect::<Vec<_>>().join("."))
}

/// Returns the member that a code is about.
fn of_code(code: &str) -> Option<&'static str> {
    let about = [
        ("email", "primaryEmail"),
        ("phone", "primaryPhone"),
        ("username", "username"),
        ("identity", "identities"),
        ("password", "passwordDigest"),
    ];
    let name = code.strip_prefix("user.").or_else(|| code.starts_with("password.").then_some("password"))?;
    about.iter().find(|(word, _)| name.contains(word)).map(|(_, member)| *member)
}

/// The totals of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Users that were created.
    pub created: u64,
    /// Users that were changed.
    pub updated: u64,
    /// Records whose user exists.
    pub skipped: u64,
    /// Records that an earlier run was done with.
    pub journaled: u64,
    /// Records that failed.
    pub failed: u64,
    /// Whether the import ended before its last record.
    pub is_incomplete: bool,
}

impl Summary {
    /// Counts a record.
    pub const fn count(&mut self, outcome: Outcome) {
        let counter = match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Journaled => &mut self.journaled,
            Outcome::Failed => &mut self.failed,
        };
        *counter += 1;
    }

    /// Returns the totals as data.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "journaled": self.journaled,
            "failed": self.failed,
            "complete": !self.is_incomplete,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_name_the_member_of_the_record() {
        let data = json!({ "issues": [{ "path": ["profile", "address", 0] }] });
        assert_eq!(of_issue(Some(&data)).as_deref(), Some("profile.address.0"));
        assert_eq!(of_code("user.email_already_in_use"), Some("primaryEmail"));
        assert_eq!(of_code("user.username_already_in_use"), Some("username"));
        assert_eq!(of_code("password.invalid_legacy_password_format"), Some("passwordDigest"));
        assert_eq!(of_code("entity.not_found"), None);
    }
}
