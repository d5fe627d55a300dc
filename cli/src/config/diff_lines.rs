//! Shows changes as lines for people, without secrets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::entity_members::Members;
use super::kinds::Kind;
use super::secrets::{has_credentials, is_secret, references_only};
use super::value_path::{ValuePath, value_at, value_at_mut};
use super::variable_values::VariableValues;
use super::yaml;
use crate::credentials;

/// Number of unchanged lines that are shown around a change.
const CONTEXT: usize = 2;
const SECRET: &str = "(secret)";
const CHANGED: &str = "(secret, changed)";

/// A line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Same(String),
    Added(String),
    Removed(String),
    /// Unchanged lines that are left out.
    Gap,
}

/// Data about the secrets of an entity.
pub(super) struct Mask<'a> {
    pub kind: &'a Kind,
    pub confidential: &'a [String],
    /// The texts of the file for values that come from the environment, by value.
    pub sources: &'a BTreeMap<String, String>,
    /// The values of the variables.
    pub variable_values: &'a VariableValues,
}

/// Two states of an entity without secrets, and the lines that differ.
#[derive(Default)]
pub(super) struct Diff {
    pub before: Value,
    pub after: Value,
    pub lines: Vec<Line>,
}

/// Compares two states of an entity.
pub(super) fn diff(mask: &Mask<'_>, before: &Members, after: &Members) -> Diff {
    let (before, after) = (Value::Object(before.clone()), Value::Object(after.clone()));
    let (before, after) = mask.pair(&mut Vec::new(), Some(&before), Some(&after));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let lines = changed_lines(&text(mask, &before), &text(mask, &after));
    Diff { before, after, lines }
}

/// Returns the lines that differ between two texts.
fn changed_lines(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    let old: Vec<&str> = before.lines().collect();
    let mut shown = 0;
    for group in &diff.grouped_ops(CONTEXT) {
        let first = group.first().map_or(0, |op| op.old_range().start);
        // The names of the objects that contain the change.
        for at in owners(&old, first) {
            if at >= shown {
                lines.extend((at > shown).then_some(Line::Gap));
                lines.extend(old.get(at).map(|line| Line::Same((*line).to_owned())));
                shown = at + 1;
            }
        }
        lines.extend((first > shown).then_some(Line::Gap));
        shown = group.last().map_or(first, |op| op.old_range().end);
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end_matches('\n').to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => Line::Same(line),
                ChangeTag::Insert => Line::Added(line),
                ChangeTag::Delete => Line::Removed(line),
            });
        }
    }
    lines
}

/// Returns the lines before a line that lead to it, by their indentation.
fn owners(lines: &[&str], at: usize) -> Vec<usize> {
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let mut owners = Vec::new();
    let mut least = lines.get(at).map_or(0, |line| depth(line));
    for (at, line) in lines.iter().enumerate().take(at).rev() {
        if depth(line) < least && !line.trim().is_empty() {
            least = depth(line);
            owners.push(at);
        }
    }
    owners.reverse();
    owners
}

fn text(mask: &Mask<'_>, value: &Value) -> String {
    match value {
        Value::Object(members) if members.is_empty() => String::new(),
        value => yaml::text(mask.kind.members, value),
    }
}

impl Mask<'_> {
    /// Returns two values without their secrets. Secrets that differ still differ.
    fn pair(
        &self,
        place: &mut ValuePath,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> (Option<Value>, Option<Value>) {
        match (before, after) {
            (Some(Value::Object(_)), Some(Value::Object(_)) | None) | (None, Some(Value::Object(_))) => {
                let (old, new) =
                    self.objects(place, before.and_then(Value::as_object), after.and_then(Value::as_object));
                (old.map(Value::Object), new.map(Value::Object))
            }
            (Some(Value::Array(_)), Some(Value::Array(_)) | None) | (None, Some(Value::Array(_))) => {
                let (before, after) = (before.and_then(Value::as_array), after.and_then(Value::as_array));
                let (old, new) = self.lists(place, before.map(Vec::as_slice), after.map(Vec::as_slice));
                (old.map(Value::Array), new.map(Value::Array))
            }
            // Values of different kinds are masked one by one.
            (Some(Value::Object(_) | Value::Array(_)), Some(_))
            | (Some(_), Some(Value::Object(_) | Value::Array(_))) => {
                (self.pair(place, before, None).0, self.pair(place, None, after).1)
            }
            _ => self.scalars(place, before, after),
        }
    }

    fn objects(
        &self,
        place: &mut ValuePath,
        before: Option<&Members>,
        after: Option<&Members>,
    ) -> (Option<Members>, Option<Members>) {
        let mut shown = (before.map(|_| Members::new()), after.map(|_| Members::new()));
        let names: BTreeSet<&String> = before.into_iter().chain(after).flat_map(Members::keys).collect();
        let has = |members: Option<&Members>, name: &str| members.is_some_and(|members| members.contains_key(name));
        let is_new = |name: &&String| !has(before, name) && has(after, name);
        let by_variable = names.iter().any(|name| is_new(name) && self.sources.contains_key(*name));
        let mut secrets = 0;
        for name in names {
            place.push(name.clone());
            let get = |members: Option<&'_ Members>| members.and_then(|members| members.get(name)).cloned();
            let (old, new) = self.pair(place, get(before).as_ref(), get(after).as_ref());
            // The name that a variable replaces might be secret, too.
            let is_masked = by_variable && !has(after, name);
            secrets += usize::from(is_masked);
            let shown_name = match (is_masked, secrets) {
                (false, _) => self.name(name),
                (true, 1) => SECRET.to_owned(),
                (true, number) => format!("{SECRET} {number}"),
            };
            put(&mut shown.0, &shown_name, old);
            put(&mut shown.1, &shown_name, new);
            place.pop();
        }
        shown
    }

    fn lists(
        &self,
        place: &mut ValuePath,
        before: Option<&[Value]>,
        after: Option<&[Value]>,
    ) -> (Option<Vec<Value>>, Option<Vec<Value>>) {
        let mut shown = (before.map(|_| Vec::new()), after.map(|_| Vec::new()));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let new_items = after.iter().filter(|item| !before.contains(item));
        let by_variable: Vec<ValuePath> = new_items.flat_map(|item| self.variables(item)).collect();
        for at in 0..before.len().max(after.len()) {
            place.push(at.to_string());
            let (mut old, new) = self.pair(place, before.get(at), after.get(at));
            // Items can move, and a variable can replace one at another place.
            match before.get(at) {
                Some(item) if !after.contains(item) => self.mask(&mut old, item, &by_variable),
                Some(item @ Value::String(_)) => old = self.pair(place, Some(item), None).0,
                _ => {}
            }
            shown.0.iter_mut().for_each(|items| items.extend(old.clone()));
            shown.1.iter_mut().for_each(|items| items.extend(new.clone()));
            place.pop();
        }
        shown
    }

    /// Masks the texts at these places of an item. Texts that the file writes with a variable are not masked.
    fn mask(&self, shown: &mut Option<Value>, item: &Value, places: &[ValuePath]) {
        let is_unknown = |place: &&ValuePath| value_at(item, place).is_some_and(|value| self.source(value).is_none());
        for place in places.iter().filter(is_unknown) {
            if let Some(text @ Value::String(_)) = shown.as_mut().and_then(|shown| value_at_mut(shown, place)) {
                *text = SECRET.into();
            }
        }
    }

    fn scalars(
        &self,
        place: &[String],
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> (Option<Value>, Option<Value>) {
        let secret = is_secret(self.kind, self.confidential, place);
        let new = after.map(|value| self.shown(secret, value));
        // The value that a variable replaces might be secret, too.
        let by_variable =
            before.is_some() && before != after && after.is_some_and(|value| self.source(value).is_some());
        let old = before.map(|value| self.shown(secret || by_variable, value));
        match (&old, &new) {
            (Some(old), Some(new)) if old == new && before != after => (Some(old.clone()), Some(CHANGED.into())),
            _ => (old, new),
        }
    }

    /// Returns a name as the file has it, or without values of variables.
    fn name(&self, name: &str) -> String {
        self.sources.get(name).cloned().unwrap_or_else(|| self.variable_values.hide(name))
    }

    /// Returns the places of the texts that contain a variable.
    fn variables(&self, value: &Value) -> Vec<ValuePath> {
        let below = |step: String, value: &Value| {
            let places = self.variables(value).into_iter();
            places.map(move |place| [vec![step.clone()], place].concat()).collect::<Vec<_>>()
        };
        match value {
            Value::Array(items) => {
                items.iter().enumerate().flat_map(|(at, item)| below(at.to_string(), item)).collect()
            }
            Value::Object(members) => members.iter().flat_map(|(name, value)| below(name.clone(), value)).collect(),
            scalar => self.source(scalar).map(|_| ValuePath::new()).into_iter().collect(),
        }
    }

    /// Returns the text of the file for a value that contains a variable.
    fn source(&self, value: &Value) -> Option<&String> {
        self.sources.get(value.as_str()?)
    }

    fn shown(&self, secret: bool, value: &Value) -> Value {
        match (self.source(value), value) {
            (Some(source), _) if secret || has_credentials(source) => references_only(source).into(),
            (Some(source), _) => source.as_str().into(),
            (None, Value::Null | Value::Bool(_)) => value.clone(),
            (None, Value::String(text)) if text.is_empty() => value.clone(),
            (None, _) if secret => SECRET.into(),
            (None, Value::String(text)) => {
                let masked = credentials::replaced(text, |_| SECRET.to_owned(), str::to_owned);
                self.variable_values.hide(masked.as_ref().unwrap_or(text)).into()
            }
            _ => value.clone(),
        }
    }
}

fn put(members: &mut Option<Members>, name: &str, value: Option<Value>) {
    if let (Some(members), Some(value)) = (members, value) {
        members.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kinds::ALL;
    use super::*;

    fn shown(before: Value, after: Value) -> String {
        let kind = ALL.iter().find(|kind| kind.file == "connectors").unwrap();
        let sources = BTreeMap::from([("from-env".to_owned(), "${env:SECRET}".to_owned())]);
        let mask = Mask { kind, confidential: &[], sources: &sources, variable_values: &VariableValues::default() };
        let diff = diff(&mask, before.as_object().unwrap(), after.as_object().unwrap());
        let lines = diff.lines;
        let written = lines.iter().map(|line| match line {
            Line::Same(line) => format!("  {line}\n"),
            Line::Added(line) => format!("+ {line}\n"),
            Line::Removed(line) => format!("- {line}\n"),
            Line::Gap => "...\n".to_owned(),
        });
        written.collect()
    }

    #[test]
    fn secrets_are_masked_and_a_changed_secret_is_a_difference() {
        let config = |secret: &str| json!({ "config": { "clientId": "id", "clientSecret": secret } });
        let changed = shown(config("old"), config("new"));
        assert_eq!(
            changed,
            "  config:\n    clientId: id\n-   clientSecret: (secret)\n+   clientSecret: (secret, changed)\n"
        );
        let by_variable = shown(config("old"), config("from-env"));
        assert_eq!(
            by_variable,
            "  config:\n    clientId: id\n-   clientSecret: (secret)\n+   clientSecret: ${env:SECRET}\n"
        );
        assert_eq!(shown(config("from-env"), config("from-env")), "");
    }

    #[test]
    fn a_change_is_shown_with_the_objects_that_contain_it() {
        let config = |last: u8| json!({ "config": { "a": 1, "b": { "c": 1, "d": 2, "e": 3, "f": 4, "g": last } } });
        let expected = "  config:
...
    b:
...
      e: 3
      f: 4
-     g: 1
+     g: 2
";
        assert_eq!(shown(config(1), config(2)), expected);
    }

    #[test]
    fn values_from_the_environment_are_masked_wherever_they_are() {
        let lists = shown(
            json!({ "config": { "list": ["a"] } }),
            json!({ "config": { "list": ["a", "from-env", { "b": "from-env" }] } }),
        );
        assert!(lists.contains("${env:SECRET}") && !lists.contains("from-env"), "{lists}");
    }

    #[test]
    fn the_value_that_a_variable_replaces_is_masked_if_its_object_moves() {
        let item = |url: &str, token: &str| json!({ "url": url, "x": [token] });
        let shown = shown(
            json!({ "config": { "list": [item("a", "old"), item("c", "from-env")] } }),
            json!({ "config": { "list": [item("b", "plain"), item("a", "from-env"), item("c", "other")] } }),
        );
        assert!(!shown.contains("old") && !shown.contains("from-env"), "{shown}");
        assert!(shown.contains("(secret)") && shown.contains("${env:SECRET}") && shown.contains("plain"), "{shown}");
    }

    #[test]
    fn credentials_in_urls_are_masked_and_a_changed_one_is_a_difference() {
        let config = |token: &str| json!({ "config": { "endpoint": format!("https://a:{token}@x/?token={token}") } });
        let changed = shown(config("old"), config("new"));
        assert!(
            changed.contains("(secret, changed)") && !changed.contains("old") && !changed.contains("new"),
            "{changed}"
        );
    }

    #[test]
    fn secrets_of_a_member_that_changes_its_form_are_masked() {
        let shown = shown(
            json!({ "config": { "auth": { "pass": "old" } } }),
            json!({ "config": { "auth": [{ "pass": "new" }] } }),
        );
        assert!(!shown.contains("old") && !shown.contains("new"), "{shown}");
    }
}
