//! The bodies of calls that create and update entities.

use logto_admin::operation::find;
use logto_admin::transport::Method;
use serde_json::{Value, json};

use super::entity_members::{Member, Members, known_part};
use super::kinds::{Body, Write};
use super::plan::Change;

pub(super) fn is(write: Write, method: Method) -> bool {
    find(write.operation).is_some_and(|info| info.method == method)
}

/// Returns the names of the members that have a value and no operation of their own.
pub(super) fn names(change: &Change, wanted: impl Fn(&Member) -> bool) -> Vec<&str> {
    let kind = change.kind;
    let has_value = |name: &str| change.members.get(name).is_some_and(|value| !value.is_null());
    let mut names: Vec<&str> = Vec::new();
    for member in kind.members.iter().filter(|member| wanted(member)) {
        let name = member.name();
        if has_value(name) && !kind.is_part(name) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

pub(super) fn body(write: Write, change: &Change, names: &[&str]) -> Value {
    // A PATCH replaces whole objects, including members that files cannot have. Other bodies contain only known members.
    let members = if is(write, Method::Patch) {
        change.members.clone()
    } else {
        known_part(change.kind.members, &change.members)
    };
    let mut object: Members = members.into_iter().filter(|(name, _)| names.contains(&name.as_str())).collect();
    let mut body = match write.body {
        Body::Members => Value::Object(object),
        Body::Value(member) => object.remove(member).unwrap_or(Value::Null),
        Body::ListIn(list) => json!({ list: [object] }),
    };
    if let Value::Object(members) = &mut body {
        for (name, json) in write.extra {
            members.entry(*name).or_insert_with(|| serde_json::from_str(json).unwrap_or(Value::Null));
        }
    }
    body
}
