//! The members of entities: which ones files may have, and how they are compared.

use serde_json::{Map, Number, Value};

pub(super) use super::member::{Form, Member, Removal, Setting, member};

/// The members of an entity.
pub(super) type Members = Map<String, Value>;

/// Members that an entity can have at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Anything. It is replaced as a whole.
    Anything,
    /// An object with these members, or a list for `*`.
    Members(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

/// Returns the members that can be at this place.
pub(super) fn known(members: &[Member], place: &[String]) -> Known {
    let mut names = Vec::new();
    for member in members {
        let mut rest = member.path.split('.');
        // A shorter path permits anything below it, unless there are longer paths.
        let leads_here = place.iter().all(|step| rest.next().is_none_or(|name| name == "*" || name == step));
        let exact = member.path.split('.').count() <= place.len();
        match rest.next() {
            _ if !leads_here => {}
            Some(name) if !names.contains(&name) => names.push(name),
            None if exact => return Known::Anything,
            _ => {}
        }
    }
    if names.is_empty() { Known::Nothing } else { Known::Members(names) }
}

/// Returns the member at exactly this place.
pub(super) fn exactly<'m, 's>(
    members: &'m [Member],
    place: impl Iterator<Item = &'s str> + Clone,
) -> Option<&'m Member> {
    members.iter().find(|member| member.path.split('.').eq(place.clone()))
}

/// Whether the order of the list at this place has no meaning.
fn is_set(members: &[Member], place: &[String]) -> bool {
    exactly(members, place.iter().map(String::as_str)).is_some_and(|member| member.set)
}

/// Whether the server stores an empty value at this place as null.
fn is_clearable(members: &[Member], place: &[String]) -> bool {
    let is_column = |member: &Member| place.len() == 1 && member.form == Form::Text;
    exactly(members, place.iter().map(String::as_str)).is_some_and(|member| member.clearable || is_column(member))
}

/// Whether the server drops empty texts, lists and objects at this place.
fn is_sparse(members: &[Member], place: &[String]) -> bool {
    let leads_here = |path: &str| path.split('.').zip(place).all(|(step, name)| step == "*" || step == name);
    place.len() > 1 && members.iter().any(|member| member.sparse && leads_here(member.path))
}

/// Whether false at this place is the same as nothing.
fn is_unset_if_false(members: &[Member], place: &[String]) -> bool {
    exactly(members, place.iter().map(String::as_str)).is_some_and(|member| member.unset_if_false)
}

/// Returns the known members of a value.
pub(super) fn known_part(members: &[Member], value: &Members) -> Members {
    match part(members, &mut Vec::new(), &Value::Object(value.clone())) {
        Value::Object(part) => part,
        _ => Members::new(),
    }
}

fn part(members: &[Member], place: &mut Vec<String>, value: &Value) -> Value {
    let Known::Members(names) = known(members, place) else { return value.clone() };
    match value {
        Value::Object(object) => {
            let mut kept = Members::new();
            let is_known = |name: &String| names.iter().any(|known| known == name || *known == "*");
            for (name, value) in object.iter().filter(|(name, _)| is_known(name)) {
                place.push(name.clone());
                kept.insert(name.clone(), part(members, place, value));
                place.pop();
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            place.push("*".to_owned());
            let kept = items.iter().map(|item| part(members, place, item)).collect();
            place.pop();
            Value::Array(kept)
        }
        other => other.clone(),
    }
}

/// Whether the server has nothing at this place if it gets this value.
fn is_nothing(members: &[Member], place: &[String], value: &Value) -> bool {
    let is_dropped = || is_sparse(members, place) || is_clearable(members, place);
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() && is_dropped(),
        Value::Array(items) => items.is_empty() && is_sparse(members, place),
        Value::Object(object) => {
            object.is_empty() && (is_dropped() || matches!(known(members, place), Known::Members(_)))
        }
        Value::Bool(false) => is_unset_if_false(members, place),
        _ => false,
    }
}

/// Returns the value in the form in which equal values are the same. It has no values that are nothing to the server, and
/// its sets are in order.
pub(super) fn canonical(members: &[Member], value: &Members) -> Members {
    match in_order(members, &mut Vec::new(), &Value::Object(value.clone())) {
        Value::Object(value) => value,
        _ => Members::new(),
    }
}

fn in_order(members: &[Member], place: &mut Vec<String>, value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut kept = Members::new();
            for (name, value) in object {
                place.push(name.clone());
                let value = in_order(members, place, value);
                if !is_nothing(members, place, &value) {
                    kept.insert(name.clone(), value);
                }
                place.pop();
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            place.push("*".to_owned());
            let mut kept: Vec<Value> = items.iter().map(|item| in_order(members, place, item)).collect();
            if is_sparse(members, place) {
                kept.retain(|item| !is_nothing(members, place, item));
            }
            place.pop();
            if is_set(members, place) {
                kept.sort_by_key(Value::to_string);
                kept.dedup();
            }
            Value::Array(kept)
        }
        Value::Number(number) => integer(number).map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

/// Returns the integer that a number is, also if it is written like `3.0`.
pub(super) fn integer(number: &Number) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "the value is a whole number below 2^53")]
    let whole = |float: f64| (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64);
    number.as_i64().or_else(|| whole(number.as_f64()?))
}

/// Adds the empty lists that the server requires in an object of a file.
pub(super) fn add_lists(members: &[Member], file: &mut Members) {
    for (owner, name) in members.iter().filter(|member| member.listed).filter_map(|member| member.path.split_once('.'))
    {
        if let Some(Value::Object(object)) = file.get_mut(owner) {
            object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        }
    }
}

/// Returns the members of the tenant with those of a file, which replace them.
pub(super) fn merged(members: &[Member], tenant: &Members, file: &Members) -> Members {
    let file = Value::Object(file.clone());
    match overlay(members, &mut Vec::new(), Some(&Value::Object(tenant.clone())), &file) {
        Value::Object(merged) => merged,
        _ => Members::new(),
    }
}

/// Replaces a value of the tenant. What files cannot contain is kept, and so are members with any names.
fn overlay(members: &[Member], place: &mut Vec<String>, below: Option<&Value>, above: &Value) -> Value {
    let (Known::Members(names), Value::Object(above)) = (known(members, place), above) else { return above.clone() };
    let below = below.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut merged = below.clone();
    // A file need not mention every member of an entity, but if it mentions one, then with all that is in it.
    merged.retain(|name, _| place.is_empty() || !names.contains(&name.as_str()) || is_filled(members, place, name));
    for (name, value) in above {
        // Servers do not accept nulls in objects.
        if value.is_null() && !place.is_empty() {
            merged.remove(name);
            continue;
        }
        place.push(name.clone());
        let value = overlay(members, place, below.get(name), value);
        merged.insert(name.clone(), value);
        place.pop();
    }
    Value::Object(merged)
}

/// Whether the server adds the member to an object that lacks it.
fn is_filled(members: &[Member], place: &[String], name: &str) -> bool {
    exactly(members, place.iter().map(String::as_str).chain([name])).is_some_and(|member| member.filled)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MEMBERS: &[Member] = &[
        member("name"),
        member("data"),
        member("events").set(),
        member("signIn.methods.*.kind"),
        member("ttl.min"),
        member("ttl.max"),
        member("config.*"),
    ];

    fn object(value: Value) -> Members {
        value.as_object().unwrap().clone()
    }

    fn place(path: &str) -> Vec<String> {
        path.split('.').filter(|step| !step.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn paths_tell_which_members_are_known() {
        assert_eq!(
            known(MEMBERS, &place("")),
            Known::Members(vec!["name", "data", "events", "signIn", "ttl", "config"])
        );
        assert_eq!(known(MEMBERS, &place("data")), Known::Anything);
        assert_eq!(known(MEMBERS, &place("data.anything")), Known::Anything);
        assert_eq!(known(MEMBERS, &place("signIn")), Known::Members(vec!["methods"]));
        assert_eq!(known(MEMBERS, &place("signIn.methods.0")), Known::Members(vec!["kind"]));
        assert_eq!(known(MEMBERS, &place("signIn.method")), Known::Nothing);
        assert_eq!(known(MEMBERS, &place("nothing")), Known::Nothing);
    }

    #[test]
    fn members_of_a_file_replace_those_of_the_tenant_and_keep_what_files_cannot_contain() {
        let tenant = object(json!({
            "name": "a",
            "data": { "x": 1, "y": 2 },
            "ttl": { "min": 1, "max": 2, "unknown": 3 },
        }));
        let file = object(json!({ "data": { "x": 3 }, "ttl": { "max": 4 } }));
        let expected = json!({ "name": "a", "data": { "x": 3 }, "ttl": { "max": 4, "unknown": 3 } });
        assert_eq!(Value::Object(merged(MEMBERS, &tenant, &file)), expected);
    }

    #[test]
    fn members_with_any_names_are_merged_and_null_removes_them() {
        let tenant = object(json!({ "config": { "a": { "x": 1 }, "b": 2, "default": 3 } }));
        let file = object(json!({ "config": { "a": { "y": 1 }, "b": null } }));
        let expected = json!({ "config": { "a": { "y": 1 }, "default": 3 } });
        assert_eq!(Value::Object(merged(MEMBERS, &tenant, &file)), expected);
        assert_eq!(known_part(MEMBERS, &tenant), tenant);
    }

    #[test]
    fn nulls_the_order_of_sets_and_the_notation_of_numbers_do_not_matter() {
        let one =
            object(json!({ "name": null, "ttl": {}, "events": ["b", "a"], "data": { "n": 3.0, "list": [2, 1] } }));
        let other = object(json!({ "events": ["a", "b"], "data": { "n": 3, "list": [2, 1] } }));
        assert_eq!(canonical(MEMBERS, &one), canonical(MEMBERS, &other));
    }

    #[test]
    fn empty_texts_are_null_where_the_server_does_not_keep_them() {
        const MEMBERS: &[Member] = &[member("name"), member("data").object(), member("phrases").object().sparse()];
        let one = object(json!({ "name": "", "data": { "a": "", "b": {} }, "phrases": { "a": "", "b": { "c": "" } } }));
        let other = json!({ "data": { "a": "", "b": {} }, "phrases": {} });
        assert_eq!(Value::Object(canonical(MEMBERS, &one)), other);
    }

    #[test]
    fn empty_values_are_nothing_below_members_where_the_server_drops_them() {
        const MEMBERS: &[Member] = &[member("config.*").any().sparse(), member("meta.logo").sparse(), member("meta.x")];
        let canonical = |value: Value| Value::Object(canonical(MEMBERS, &object(value)));
        let config = json!({ "a": "", "b": [], "c": [{ "d": "" }, null, 0], "e": { "f": [""] }, "g": false });
        assert_eq!(canonical(json!({ "config": config })), json!({ "config": { "c": [0], "g": false } }));
        assert_eq!(canonical(json!({ "meta": { "logo": "", "x": "" } })), json!({ "meta": { "x": "" } }));
    }

    #[test]
    fn false_is_nothing_where_the_server_sets_it_by_itself() {
        const MEMBERS: &[Member] = &[member("a.on").flag().unset_if_false(), member("b.on").flag()];
        let canonical = |value: Value| Value::Object(canonical(MEMBERS, &object(value)));
        assert_eq!(canonical(json!({ "a": { "on": false }, "b": { "on": false } })), json!({ "b": { "on": false } }));
        assert_eq!(canonical(json!({ "a": { "on": true } })), json!({ "a": { "on": true } }));
    }

    #[test]
    fn members_that_files_cannot_have_are_dropped() {
        let tenant = object(
            json!({ "id": "x", "ttl": { "min": 1, "other": 2 }, "signIn": { "methods": [{ "kind": 1, "at": 2 }] } }),
        );
        let expected = json!({ "ttl": { "min": 1 }, "signIn": { "methods": [{ "kind": 1 }] } });
        assert_eq!(Value::Object(known_part(MEMBERS, &tenant)), expected);
    }
}
