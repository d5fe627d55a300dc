//! Rejects names that an operation does not have: the server ignores them.

use logto_admin::operation::{OperationInfo, ParameterKind};

use crate::body_members::Place;
use crate::failure::{Failure, Result};
use crate::suggestion::suggestion;
use crate::terminal::shown;

/// Parameters of a search, with the types of their values.
pub(super) const OF_SEARCHES: [(&str, &str); 6] = [
    ("search", "string"),
    ("search.{member}", "string"),
    ("mode", "string"),
    ("mode.{member}", "string"),
    ("joint", "string"),
    ("isCaseSensitive", "boolean"),
];

/// Fails if the operation has no query parameter with this name.
pub(super) fn check_query(info: &OperationInfo, name: &str) -> Result<()> {
    let is_search = info.query_parameters.iter().any(|parameter| parameter.kind == ParameterKind::Search);
    let own = info.query_parameters.iter().filter(|parameter| parameter.kind != ParameterKind::Search);
    let mut known: Vec<&str> = own.map(|parameter| parameter.name).collect();
    if is_search {
        known.extend(OF_SEARCHES.map(|(name, _)| name).into_iter().filter(|name| !name.contains('{')));
    }
    let is_of_member = is_search && (name.starts_with("search.") || name.starts_with("mode."));
    if is_of_member || known.contains(&name) {
        return Ok(());
    }
    Err(unknown(info, "query parameter", name, &known))
}

/// Fails if the body of the operation has no member with this path.
pub(super) fn check_member(info: &OperationInfo, member: &str) -> Result<()> {
    // Setting it has a message of its own.
    let member = member.split('[').next().unwrap_or_default();
    match Place::of(info.id, member) {
        None => Err(Failure::usage(format!("{} has no body", info.id))),
        Some(Place::Unknown(known)) => {
            Err(unknown(info, "member", member, &known.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        Some(_) => Ok(()),
    }
}

fn unknown(info: &OperationInfo, what: &str, name: &str, known: &[&str]) -> Failure {
    let (id, hint) = (info.id, suggestion(name, known).unwrap_or_default());
    let anyway = format!("call `logto-admin api {} {}`", info.method.as_str(), info.path);
    Failure::usage(format!("{id} has no {what} `{}`{hint}", shown(name)))
        .with_hint(format!("list the names with `logto-admin operations show {id}`; to send it anyway, {anyway}"))
}
