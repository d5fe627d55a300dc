//! The members of entities, as data: which names files may contain, and how values are compared.

use serde_json::{Map, Number, Value};

/// The members of an entity.
pub(super) type Members = Map<String, Value>;

/// A member that files may contain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// The path of the member. `*` stands for the items of a list, or for members with any names. If no longer path
    /// exists, the value can have any form. It is replaced as a whole.
    pub path: &'static str,
    /// The minor version of the first release that might have the member.
    pub since: u16,
    /// Whether the member cannot change after creation.
    pub fixed: bool,
    /// Whether the member can only be set after creation.
    pub later: bool,
    /// Whether the member is true for one entity at most: the server takes it from another.
    pub single: bool,
    /// Whether a new entity requires the member.
    pub required: bool,
    /// Whether the member is a list whose order has no meaning.
    pub set: bool,
    /// Whether the server adds the member to an object that lacks it.
    pub filled: bool,
    /// Whether the server requires the list in an object. A file can leave it out: it is empty then.
    pub listed: bool,
    /// Whether the server stores an empty text as null. It does so with all texts that are not in an object.
    pub clearable: bool,
    /// Whether the server drops empty texts and objects below the member.
    pub sparse: bool,
    /// The values that the member can have. If empty, the server decides.
    pub values: &'static [&'static str],
    /// Returns why the server refuses a text.
    pub refusal: fn(&str) -> Option<&'static str>,
    /// The smallest and the largest number of characters of the text, or of each text of a list.
    pub length: (usize, usize),
    /// The type of the member.
    pub form: Form,
}

/// The type of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Text,
    Flag,
    Number,
    Integer,
    Texts,
    List,
    Object,
    /// Any type, or a type that other code checks.
    Any,
}

impl Form {
    /// Returns the name of the type, for messages.
    pub(super) const fn called(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Texts => "a list of texts",
            Self::List => "a list",
            Self::Object => "an object",
            Self::Any => "a value",
        }
    }
}

/// Returns a member that is a text.
pub(super) const fn member(path: &'static str) -> Member {
    Member {
        path,
        since: 0,
        fixed: false,
        later: false,
        single: false,
        required: false,
        set: false,
        filled: false,
        listed: false,
        clearable: false,
        sparse: false,
        values: &[],
        refusal: |_| None,
        length: (0, usize::MAX),
        form: Form::Text,
    }
}

impl Member {
    pub(super) const fn flag(self) -> Self {
        self.form(Form::Flag)
    }

    pub(super) const fn number(self) -> Self {
        self.form(Form::Number)
    }

    pub(super) const fn integer(self) -> Self {
        self.form(Form::Integer)
    }

    pub(super) const fn texts(self) -> Self {
        self.form(Form::Texts)
    }

    pub(super) const fn object(self) -> Self {
        self.form(Form::Object)
    }

    pub(super) const fn any(self) -> Self {
        self.form(Form::Any)
    }

    const fn form(mut self, form: Form) -> Self {
        self.form = form;
        self
    }

    pub(super) const fn since(mut self, minor: u16) -> Self {
        self.since = minor;
        self
    }

    pub(super) const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    pub(super) const fn later(mut self) -> Self {
        self.later = true;
        self
    }

    pub(super) const fn single(mut self) -> Self {
        self.single = true;
        self
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.values = values;
        self
    }

    pub(super) const fn unless(mut self, refusal: fn(&str) -> Option<&'static str>) -> Self {
        self.refusal = refusal;
        self
    }

    pub(super) const fn at_least(mut self, characters: usize) -> Self {
        self.length.0 = characters;
        self
    }

    pub(super) const fn at_most(mut self, characters: usize) -> Self {
        self.length.1 = characters;
        self
    }

    pub(super) const fn filled(mut self) -> Self {
        self.filled = true;
        self
    }

    pub(super) const fn listed(mut self) -> Self {
        self.listed = true;
        self
    }

    pub(super) const fn clearable(mut self) -> Self {
        self.clearable = true;
        self
    }

    pub(super) const fn sparse(mut self) -> Self {
        self.sparse = true;
        self
    }

    pub(super) const fn set(mut self) -> Self {
        self.set = true;
        self
    }

    /// Returns the name of the member, without the members below it.
    pub(super) fn name(&self) -> &'static str {
        self.path.split('.').next().unwrap_or(self.path)
    }
}

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

/// Whether the server stores an empty text at this place as null.
fn is_clearable(members: &[Member], place: &[String]) -> bool {
    let is_column = |member: &Member| place.len() == 1 && member.form == Form::Text;
    exactly(members, place.iter().map(String::as_str)).is_some_and(|member| member.clearable || is_column(member))
}

/// Whether the server drops empty texts and objects at this place.
fn is_sparse(members: &[Member], place: &[String]) -> bool {
    let Some((first, [_, ..])) = place.split_first() else { return false };
    exactly(members, [first.as_str()].into_iter()).is_some_and(|member| member.sparse)
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

/// Returns the value in the form in which equal values are the same: without nulls, empty objects and texts that the server
/// stores as null, with sets in order.
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
                let is_empty = || value.as_object().is_some_and(Members::is_empty);
                let is_group = || matches!(known(members, place), Known::Members(_));
                let is_sparse = is_sparse(members, place);
                let is_cleared = || value == "" && (is_sparse || is_clearable(members, place));
                if !(value.is_null() || is_empty() && (is_sparse || is_group()) || is_cleared()) {
                    kept.insert(name.clone(), value);
                }
                place.pop();
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            place.push("*".to_owned());
            let mut kept: Vec<Value> = items.iter().map(|item| in_order(members, place, item)).collect();
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
    fn members_that_files_cannot_have_are_dropped() {
        let tenant = object(
            json!({ "id": "x", "ttl": { "min": 1, "other": 2 }, "signIn": { "methods": [{ "kind": 1, "at": 2 }] } }),
        );
        let expected = json!({ "ttl": { "min": 1 }, "signIn": { "methods": [{ "kind": 1 }] } });
        assert_eq!(Value::Object(known_part(MEMBERS, &tenant)), expected);
    }
}
