//! Results of an import for each record.

use logto_admin::Error;
use logto_admin::serde_json::Value;
use serde::Serialize;

use super::diagnostic::{Diagnostic, Rejected};
use crate::failure::Failure;
use crate::json_object;
use crate::policy_rules::Broken;

/// Outcome of an import or a dry run for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// The user was created.
    Created,
    /// The user has what the record has, but the answer to its creation is missing. It might be somebody else's.
    Unclear,
    /// The existing user was changed.
    Updated,
    /// The user exists.
    Skipped,
    /// An earlier run was done with the record, according to the journal.
    Journaled,
    /// The record changed since an earlier run, and its user was left alone.
    Outdated,
    /// Something failed.
    Failed,
}

/// Result of an import for a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordResult {
    /// File and line of the record.
    pub location: String,
    /// Name of the user for a person.
    pub user: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Id of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Logto's code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Member of the record that the failure is about: the first, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Reason for the failure, or a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// All problems of the record, member by member.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Issue>,
    /// Whether the warning is only that the user has another id than the record.
    #[serde(skip)]
    pub has_other_id: bool,
    /// Whether the server was overloaded.
    #[serde(skip)]
    pub is_overload: bool,
    /// Whether the server could not be reached.
    #[serde(skip)]
    pub is_unreachable: bool,
    /// Whether the import ended while the record waited for the server. It is neither done nor failed.
    #[serde(skip)]
    pub is_left: bool,
    /// Whether the import cannot go on, because the journal cannot be written.
    #[serde(skip)]
    pub is_fatal: bool,
    /// Whether the failure came after a change, or it is unclear if there was one.
    #[serde(skip)]
    pub is_partial: bool,
}

impl RecordResult {
    /// Creates a line for a record that failed.
    pub(crate) fn failed(location: &str, user: &str) -> Self {
        Self {
            location: location.to_owned(),
            user: user.to_owned(),
            outcome: Outcome::Failed,
            id: None,
            code: None,
            field: None,
            message: None,
            problems: Vec::new(),
            has_other_id: false,
            is_overload: false,
            is_unreachable: false,
            is_left: false,
            is_fatal: false,
            is_partial: false,
        }
    }

    /// Creates a line for a record that a check rejected.
    pub(crate) fn rejected(rejected: &Rejected) -> Self {
        let problems: Vec<Issue> = rejected.problems.iter().map(Issue::from).collect();
        let all: Vec<String> = rejected.problems.iter().map(ToString::to_string).collect();
        Self {
            code: Some("invalid".to_owned()),
            field: problems.first().map(|problem| problem.field.clone()),
            message: Some(all.join("; ")),
            problems,
            ..Self::failed(&rejected.location, &rejected.user)
        }
    }
}

/// A problem of a member of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Path of the member. Empty for the whole record.
    pub field: String,
    /// The message.
    pub message: String,
}

impl From<&Diagnostic> for Issue {
    fn from(finding: &Diagnostic) -> Self {
        Self { field: finding.member.clone(), message: finding.message.clone() }
    }
}

impl logto_admin::bulk::Overload for RecordResult {
    fn is_overload(&self) -> bool {
        self.is_overload
    }
}

/// A failure that belongs to one record.
#[derive(Clone, Debug, Default)]
pub struct RecordError {
    /// Logto's code.
    pub code: Option<String>,
    /// Member of the record.
    pub field: Option<String>,
    /// The message.
    pub message: String,
    /// Problems of members of the record.
    pub problems: Vec<Issue>,
    /// Whether the server was overloaded.
    pub is_overload: bool,
    /// Whether the server could not be reached.
    pub is_unreachable: bool,
    /// Whether the import cannot go on, because the journal cannot be written.
    pub is_fatal: bool,
    /// Whether the failure came after a change, or it is unclear if there was one.
    pub is_partial: bool,
}

impl From<Failure> for RecordError {
    fn from(failure: Failure) -> Self {
        Self { message: failure.to_string(), ..Self::default() }
    }
}

impl From<Error> for RecordError {
    fn from(error: Error) -> Self {
        let code = error.code().map(str::to_owned);
        let broken = Broken::of(&error);
        let mut problems = issues(error.data().as_ref());
        problems.extend(broken.iter().flat_map(|broken| {
            let issue = |rule: &String| Issue { field: broken.member.to_owned(), message: rule.clone() };
            broken.rules.iter().map(issue)
        }));
        let first = problems.first().map(|problem| problem.field.clone());
        let field = first.or_else(|| code.as_deref().and_then(of_code).map(str::to_owned));
        let is_overload = logto_admin::bulk::is_overload(&error);
        let is_unreachable = error.is_connect();
        let hint = broken.map(|broken| format!(" (hint: {})", broken.hint())).unwrap_or_default();
        let message = format!("{error}{hint}");
        Self { code, field, message, problems, is_overload, is_unreachable, ..Self::default() }
    }
}

/// Returns the issues of a validation error.
fn issues(data: Option<&Value>) -> Vec<Issue> {
    let all = data.and_then(|data| data.get("issues")).and_then(Value::as_array);
    let issue = |issue: &Value| {
        let path = issue.get("path")?.as_array()?;
        let steps = path.iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
        Some(Issue { field: steps.collect::<Vec<_>>().join("."), message: json_object::text(issue, "message") })
    };
    all.into_iter().flatten().filter_map(issue).collect()
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

#[cfg(test)]
mod tests {
    use logto_admin::serde_json::json;

    use super::*;

    #[test]
    fn outcomes_have_the_names_of_the_report() {
        use Outcome::{Created, Failed, Journaled, Outdated, Skipped, Unclear, Updated};
        let all = [Created, Unclear, Updated, Skipped, Journaled, Outdated, Failed];
        let names = ["created", "unclear", "updated", "skipped", "journaled", "outdated", "failed"];
        assert_eq!(json!(all), json!(names));
    }

    #[test]
    fn failures_name_the_member_of_the_record() {
        let data = json!({ "issues": [{ "path": ["profile", "address", 0], "message": "no" }, { "path": ["name"] }] });
        let fields: Vec<String> = issues(Some(&data)).into_iter().map(|issue| issue.field).collect();
        assert_eq!((fields, issues(None)), (vec!["profile.address.0".to_owned(), "name".to_owned()], vec![]));
        assert_eq!(of_code("user.email_already_in_use"), Some("primaryEmail"));
        assert_eq!(of_code("user.username_already_in_use"), Some("username"));
        assert_eq!(of_code("password.invalid_legacy_password_format"), Some("passwordDigest"));
        assert_eq!(of_code("entity.not_found"), None);
    }
}
