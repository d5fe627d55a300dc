//! Drops configuration that the release of a server lacks.

use serde_json::Value;

use super::declaration::Declared;
use super::entity_members::Members;
use super::kinds::Kind;
use super::planner::Planner;
use super::tenant::Found;
use super::value_path::{ValuePath, dotted, value_at, value_at_mut};

impl Planner<'_> {
    /// Drops what the server does not have.
    pub(super) fn drop_unsupported(&mut self, declared: &Declared, found: Option<&Found>, members: &mut Members) {
        let mut places = remove_unsupported(declared.kind, members, |minor| self.tenant.might_have(minor));
        if let Some(found) = found.filter(|found| found.kind.complete) {
            let kind = declared.kind;
            let is_unsupported = |name: &str| {
                !found.raw.contains_key(name)
                    && !kind.is_part(name)
                    && kind.members.iter().any(|member| member.name() == name)
            };
            let names: Vec<String> = members.keys().filter(|name| is_unsupported(name)).cloned().collect();
            for name in names {
                if members.remove(&name).is_some_and(|value| !value.is_null()) {
                    places.push(vec![name]);
                }
            }
        }
        for place in places {
            let message = format!("`{}` is skipped: {} does not have it", dotted(&place), self.tenant.release());
            self.warn(declared, &place, &message);
        }
    }
}

/// Removes the members that the server does not have, and returns their places. Leaves out the places of members that
/// are null. `has` returns whether the server might have what a release introduced.
pub(super) fn remove_unsupported(kind: &Kind, members: &mut Members, has: impl Fn(u16) -> bool) -> Vec<ValuePath> {
    let mut removed = Vec::new();
    let mut value = Value::Object(std::mem::take(members));
    for member in kind.members.iter().filter(|member| !has(member.since)) {
        // The items of a list are as old as the list.
        let place: ValuePath = member.path.split('.').take_while(|step| *step != "*").map(str::to_owned).collect();
        if value_at(&value, &place).is_some_and(|value| !value.is_null()) {
            removed.push(place.clone());
        }
        remove(&mut value, &place);
    }
    if let Value::Object(rest) = value {
        *members = rest;
    }
    removed
}

/// Removes a member, and the objects that are empty without it.
fn remove(value: &mut Value, place: &[String]) {
    let Some((name, owner)) = place.split_last() else { return };
    let Some(Value::Object(members)) = value_at_mut(value, owner) else { return };
    if members.remove(name).is_some() && members.is_empty() {
        remove(value, owner);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kinds::ALL;
    use super::*;

    #[test]
    fn newer_members_are_removed_with_the_objects_that_contain_nothing_else() {
        let kind = ALL.iter().find(|kind| kind.file == "sign-in-experience").unwrap();
        let value = json!({
            "signUp": { "password": true, "secondaryIdentifiers": [{ "identifier": "email" }] },
            "passkeySignIn": { "enabled": true },
            "hideLogtoBranding": null,
            "customCss": null,
        });
        let mut members = value.as_object().unwrap().clone();
        let removed = remove_unsupported(kind, &mut members, |minor| minor <= 24);
        assert_eq!(
            removed.iter().map(|place| place.join(".")).collect::<Vec<_>>(),
            ["signUp.secondaryIdentifiers", "passkeySignIn.enabled"]
        );
        assert_eq!(Value::Object(members), json!({ "signUp": { "password": true }, "customCss": null }));
    }
}
