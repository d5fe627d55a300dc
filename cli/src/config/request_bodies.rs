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

/// Returns the names of the members with a value and no operation of their own.
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
    if kind.replaced {
        let is_known = |name: &str| kind.members.iter().any(|member| member.name() == name);
        names.extend(change.members.keys().map(String::as_str).filter(|name| !is_known(name) && has_value(name)));
    }
    names
}

pub(super) fn body(write: Write, change: &Change, names: &[&str]) -> Value {
    // Objects are replaced, including members that files cannot have. Documents of their own also have ids.
    let members = match write.body {
        Body::Value(_) => known_part(change.kind.members, &change.members),
        Body::Members | Body::ListIn(_) => change.members.clone(),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::diff_lines::Diff;
    use super::super::key::Key;
    use super::super::kinds::ALL;
    use super::super::plan::Action;
    use super::*;

    /// Returns the body of an update.
    fn update(file: &str, members: Value) -> Value {
        let kind = ALL.into_iter().find(|kind| kind.file == file).unwrap();
        let change = Change {
            kind,
            key: Key::default(),
            shown_key: Key::default(),
            action: Action::Update,
            id: None,
            members: members.as_object().unwrap().clone(),
            changed: Vec::new(),
            links: BTreeMap::new(),
            diff: Diff::default(),
        };
        body(kind.update.unwrap(), &change, &names(&change, |member| !member.fixed))
    }

    #[test]
    fn an_update_keeps_members_that_files_cannot_have() {
        let captcha = json!({ "id": "x", "config": { "type": "Turnstile", "newer": 1 }, "createdAt": 1 });
        assert_eq!(update("captcha", captcha), json!({ "config": { "type": "Turnstile", "newer": 1 } }));
        let customizer = json!({ "tokenType": "access-token", "script": "x", "newer": { "a": 1 }, "other": null });
        assert_eq!(update("jwt-customizers", customizer), json!({ "script": "x", "newer": { "a": 1 } }));
    }
}
