//! Maps the columns of a CSV file to the members of a user.

use std::borrow::Cow;
use std::str::FromStr;

use crate::users::diagnostic::{Diagnostic, UNKNOWN};
use crate::users::record_members::{Form, MEMBERS, Member, PASSWORD, member};

/// Members of a column, besides those of a record.
const OWN: [Member; 3] =
    [member("totpSecret", Form::Text), member("emailVerified", Form::Flag), member("phoneVerified", Form::Flag)];
/// The member of columns that are ignored.
const IGNORED: &str = "-";

/// A column and its member, such as `team=customData.team` or `note=-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name of the column.
    pub name: String,
    /// Path of the member, or `-` for none.
    pub member: String,
}

/// The mapping of all columns. Columns without an entry set the member with their name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(pub Vec<Column>);

impl FromStr for Column {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, member) = text
            .rsplit_once('=')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| format!("invalid mapping {text:?}: expected column=member, such as mail=primaryEmail"))?;
        let member = member.trim();
        if member != IGNORED && !is_target(member) {
            return Err(format!("invalid mapping {text:?}: {}", unknown_member(member, &names())));
        }
        Ok(Self { name: name.trim().to_owned(), member: member.to_owned() })
    }
}

impl Columns {
    /// Returns the path of the member that a column sets. Returns `None` if the column is ignored. Columns without a
    /// mapping set the member with their name; case, spaces, `-` and `_` do not matter.
    ///
    /// # Errors
    /// Fails if the column is unknown, with a message for the user.
    pub(super) fn member<'a>(&'a self, column: &'a str) -> Result<Option<Cow<'a, str>>, String> {
        let mapped = self.0.iter().find(|mapped| mapped.name.eq_ignore_ascii_case(column));
        match mapped.map(|mapped| mapped.member.as_str()) {
            Some(IGNORED) => Ok(None),
            Some(member) => Ok(Some(member.into())),
            None if is_target(column) => Ok(Some(column.into())),
            None => same(column).map(Some).ok_or_else(|| unknown_column(column)),
        }
    }

    /// Returns the problem of several columns that are all unknown. They are probably data, which is not shown: it might be
    /// passwords.
    pub(super) fn headless<'a>(&self, columns: impl IntoIterator<Item = &'a str>) -> Option<Diagnostic> {
        let mut unknown = 0;
        for column in columns {
            match self.member(column) {
                Ok(_) => return None,
                Err(_) => unknown += 1,
            }
        }
        let message = "no column is known: the first row must name the columns, and --map maps names of your own";
        (unknown > 1).then(|| Diagnostic::new("", message))
    }

    /// Returns the problems of a header.
    pub fn problems(&self, columns: &[String]) -> Vec<Diagnostic> {
        if let Some(problem) = self.headless(columns.iter().map(String::as_str)) {
            return vec![problem];
        }
        let (mut problems, mut set) = (Vec::new(), Vec::new());
        for column in columns {
            match self.member(column).map(|member| member.map(|member| set_once(&mut set, &member))) {
                Ok(None | Some(Ok(()))) => {}
                Ok(Some(Err(message))) | Err(message) => problems.push(Diagnostic::new(column, message)),
            }
        }
        problems
    }
}

/// Adds a member to those that columns set.
///
/// # Errors
/// Fails if one of them is the member, or contains it.
pub(super) fn set_once(set: &mut Vec<String>, member: &str) -> Result<(), String> {
    // The members of an object are added to those of other columns.
    let contains =
        |one: &str, other: &str| one.contains('.') && other.strip_prefix(one).is_some_and(|rest| rest.starts_with('.'));
    if let Some(other) = set.iter().find(|other| *other == member || contains(other, member) || contains(member, other))
    {
        return Err(format!("another column sets {other:?} too"));
    }
    set.push(member.to_owned());
    Ok(())
}

/// Returns the member with the name of a column. If the name begins with that of an object, returns the path.
fn same(column: &str) -> Option<Cow<'static, str>> {
    let target = |name: &str| targets().find(|target| simplified(target.name) == simplified(name));
    match column.split_once('.') {
        None => target(column).map(|target| target.name.into()),
        Some((object, path)) => {
            let member = format!("{}.{path}", target(object)?.name);
            is_target(&member).then(|| member.into())
        }
    }
}

/// Returns the members that a column can set. A column for an object has JSON, or its name has a path.
fn targets() -> impl Iterator<Item = Member> {
    MEMBERS.into_iter().chain(OWN).filter(|member| member.form != Form::Factors)
}

/// Returns the type of a member that a column sets as a whole.
pub(super) fn form(name: &str) -> Option<Form> {
    targets().find(|member| member.name == name).map(|member| member.form)
}

/// Returns the members that a mapping can name without a path.
fn names() -> Vec<&'static str> {
    targets().map(|member| member.name).collect()
}

fn simplified(name: &str) -> String {
    name.chars().filter(|char| !matches!(char, ' ' | '-' | '_')).collect::<String>().to_lowercase()
}

fn unknown_column(column: &str) -> String {
    let member = similar(column, &names()).unwrap_or("MEMBER");
    format!(
        "unknown column; map it with {:?}, or ignore it with {:?}",
        format!("{column}={member}"),
        format!("{column}=-")
    )
}

fn is_target(member: &str) -> bool {
    match member.split_once('.') {
        Some((object, rest)) => form(object) == Some(Form::Object) && rest.split('.').all(|part| !part.is_empty()),
        None => form(member).is_some(),
    }
}

/// Returns the message for an unknown member, with a suggestion.
pub(crate) fn unknown_member(name: &str, known: &[&str]) -> String {
    match similar(name, known) {
        Some(member) => format!("unknown member {name:?}; did you mean {member:?}?"),
        None => format!("unknown member {name:?}: expected one of {}", known.join(", ")),
    }
}

/// Returns the message for an unknown member of a record. It is short because records have many.
pub(super) fn not_a_member(name: &str, known: &[&str]) -> String {
    similar(name, known).map_or(UNKNOWN.to_owned(), |member| format!("{UNKNOWN}; did you mean {member:?}?"))
}

/// Returns the member for the hash of a password, or for its algorithm. Returns `None` if the simplified name of a
/// column is not about that.
fn of_hash(name: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if !has(&["pass", "pwd"]) && !name.starts_with("hash") {
        None
    } else if has(&["hasher", "algo", "method"]) {
        Some("passwordAlgorithm")
    } else {
        has(&["hash", "digest"]).then_some("passwordDigest")
    }
}

fn similar<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let end = simplified(name);
    if let Some(same) = known.iter().find(|member| simplified(member) == end) {
        return Some(same);
    }
    if let Some(member) = of_hash(&end) {
        return known.iter().copied().find(|known| *known == member);
    }
    // A column such as `password_updated` must not set passwords.
    let is_safe = |member: &str| !member.starts_with(PASSWORD) || strsim::levenshtein(&member.to_lowercase(), &end) < 3;
    let known: Vec<&str> = known.iter().copied().filter(|member| is_safe(member)).collect();
    // Such as `phone` and `primaryPhone`.
    if let Some(longer) = known.iter().find(|member| end.len() > 3 && member.to_lowercase().ends_with(&end)) {
        return Some(longer);
    }
    let similarity = |member: &&str| strsim::jaro_winkler(&member.to_lowercase(), &name.to_lowercase());
    let best = known.iter().copied().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
    best.filter(|member| similarity(member) > 0.8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_name_a_column_and_a_member() {
        let column = |text: &str| text.parse::<Column>();
        let mail = Column { name: "E-Mail = work".into(), member: "primaryEmail".into() };
        assert_eq!(column("E-Mail = work = primaryEmail"), Ok(mail));
        assert_eq!(column("team=customData.team.name").map(|column| column.member), Ok("customData.team.name".into()));
        assert_eq!(column("data=customData").map(|column| column.member), Ok("customData".into()));
        assert!(column("note=-").is_ok());
    }

    #[test]
    fn invalid_mappings_are_rejected_with_a_suggestion() {
        for (text, expected) in [
            ("mail", "expected column=member"),
            ("=name", "expected column=member"),
            ("phone=phone", "did you mean \"primaryPhone\"?"),
            ("mail=primaryMail", "did you mean \"primaryEmail\"?"),
            ("mail=xyz", "expected one of id, username"),
            ("mail=customdata", "did you mean \"customData\"?"),
            ("mail=Name", "did you mean \"name\"?"),
            ("mail=pasword", "did you mean \"password\"?"),
            ("mail=word", "expected one of id, username"),
            ("mail=password_updated", "expected one of id, username"),
            ("mail=password_hasher", "did you mean \"passwordAlgorithm\"?"),
            ("mail=hash-algorithm", "did you mean \"passwordAlgorithm\"?"),
            ("mail=passwordAlgoritm", "did you mean \"passwordAlgorithm\"?"),
            ("mail=passwordhash", "did you mean \"passwordDigest\"?"),
            ("mail=Password Digests", "did you mean \"passwordDigest\"?"),
            ("mail=hash", "did you mean \"passwordDigest\"?"),
            ("mail=customData.", "unknown member"),
        ] {
            let message = text.parse::<Column>().unwrap_err();
            assert!(
                message.starts_with(&format!("invalid mapping {text:?}")) && message.contains(expected),
                "{message}"
            );
        }
    }
}
