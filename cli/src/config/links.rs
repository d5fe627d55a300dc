//! Members that list entities of another kind: by name in files, by id in calls.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::key::Key;
use super::kinds::{Form, Links};

/// Returns the keys of the entities that a member lists.
///
/// # Errors
/// Returns what is expected instead.
pub(super) fn keys(links: &Links, value: &Value) -> Result<BTreeSet<Key>, String> {
    let noun = links.noun;
    match links.form {
        Form::Names => {
            let names = names(value).ok_or_else(|| format!("`{}` must be a list of {noun}s", links.member))?;
            Ok(names.into_iter().map(|name| Key(vec![name])).collect())
        }
        Form::ByOwner => {
            let expected = || {
                format!(
                    "`{}` must list the names of {noun}s by resource, such as `https://api.example.com: [read]`",
                    links.member
                )
            };
            let owners = value.as_object().ok_or_else(expected)?;
            let mut keys = BTreeSet::new();
            for (owner, value) in owners {
                let names = names(value).ok_or_else(expected)?;
                keys.extend(names.into_iter().map(|name| Key(vec![owner.clone(), name])));
            }
            Ok(keys)
        }
    }
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Returns the value of a member that lists these entities.
pub(super) fn value(links: &Links, keys: &BTreeSet<Key>) -> Value {
    match links.form {
        Form::Names => keys.iter().map(|key| Value::from(key.own())).collect(),
        Form::ByOwner => {
            let mut owners: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for key in keys {
                owners.entry(key.owner().own().to_owned()).or_default().push(key.own().into());
            }
            Value::Object(owners.into_iter().map(|(owner, names)| (owner, names.into())).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kinds::ALL;
    use super::*;

    fn links(noun: &str, member: &str) -> &'static Links {
        let kind = ALL.iter().find(|kind| kind.noun == noun).unwrap();
        kind.links().find(|links| links.member == member).unwrap()
    }

    #[test]
    fn scopes_are_listed_by_resource_and_roles_by_name() {
        let scopes = links("role", "scopes");
        let written = json!({ "https://b": ["write", "read"], "https://a": ["read"], "https://none": [] });
        let keys = keys(scopes, &written).unwrap();
        assert_eq!(value(scopes, &keys), json!({ "https://a": ["read"], "https://b": ["read", "write"] }));
        let roles = links("application", "roles");
        assert_eq!(value(roles, &super::keys(roles, &json!(["b", "a"])).unwrap()), json!(["a", "b"]));
    }

    #[test]
    fn any_other_form_is_a_problem() {
        for wrong in [json!(["read"]), json!({ "https://a": "read" }), json!("read"), json!(null)] {
            assert!(keys(links("role", "scopes"), &wrong).unwrap_err().contains("by resource"));
        }
        let problem = keys(links("application", "roles"), &json!("a")).unwrap_err();
        assert_eq!(problem, "`roles` must be a list of roles");
    }
}
