//! Checks settings, such as those in the configuration of connectors.

use std::collections::BTreeMap;

use serde_json::Value;

use super::declaration::Declared;
use super::entity_members::{Members, Setting};
use super::planner::Planner;
use super::secrets::is_secret;
use super::tenant::Found;
use super::types;
use super::value_path::{ValuePath, dotted, value_at};
use crate::suggestion::unknown_value;
use crate::terminal::shown;

impl Planner<'_> {
    /// Reports settings of a file that the server would refuse. `members` are those that are sent, `found` is the present
    /// entity, and `sources` has the texts of the file for values that contain a variable.
    pub(super) fn check_settings(
        &mut self,
        declared: &Declared,
        found: Option<&Found>,
        members: &Members,
        sources: &BTreeMap<String, String>,
    ) {
        for (place, problem) in problems(declared, members, found, members, sources) {
            self.problem(declared, &place, &problem);
        }
    }
}

/// Returns the places and problems of the settings that the server would refuse. `model` has the members that the settings
/// depend on.
pub(super) fn problems(
    declared: &Declared,
    model: &Members,
    found: Option<&Found>,
    members: &Members,
    sources: &BTreeMap<String, String>,
) -> Vec<(ValuePath, String)> {
    let settings = (declared.kind.settings)(model);
    let mut checker =
        Checker { declared, found, file: Value::Object(declared.members.clone()), sources, problems: Vec::new() };
    let value = Value::Object(members.clone());
    for setting in &settings {
        let steps: Vec<&str> = setting.path.split('.').collect();
        checker.check(setting, &steps, &mut ValuePath::new(), &value);
    }
    checker.problems
}

struct Checker<'c> {
    declared: &'c Declared,
    found: Option<&'c Found>,
    /// The members that the file has.
    file: Value,
    sources: &'c BTreeMap<String, String>,
    problems: Vec<(ValuePath, String)>,
}

impl Checker<'_> {
    fn check(&mut self, setting: &Setting, steps: &[&str], place: &mut ValuePath, value: &Value) {
        // The server has accepted the values that only the tenant has.
        if value_at(&self.file, place).is_none() {
            return;
        }
        match (steps, value) {
            ([], value) => self.check_value(setting, place, value),
            (["*", rest @ ..], Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    place.push(at.to_string());
                    self.check(setting, rest, place, item);
                    place.pop();
                }
            }
            ([name, rest @ ..], Value::Object(members)) => {
                let below: ValuePath = place.iter().cloned().chain([(*name).to_owned()]).collect();
                match members.get(*name).filter(|value| !value.is_null()) {
                    Some(value) => self.check(setting, rest, &mut below.clone(), value),
                    None if rest.is_empty() && setting.required && !self.might_be_hidden(&below) => {
                        self.problems.push((place.clone(), format!("`{}` requires `{name}`", dotted(place))));
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }

    fn check_value(&mut self, setting: &Setting, place: &[String], value: &Value) {
        let source = value.as_str().and_then(|text| self.sources.get(text)).cloned().map(Value::from);
        let problem = types::misfit(setting.path.split('.'), setting.form, source.as_ref().unwrap_or(value));
        let values: Vec<&str> = setting.values.iter().map(String::as_str).collect();
        // Without its variable, the text of the file is not the value.
        let is_open = self.declared.open.contains_key(place);
        let of_text = || {
            let text = value.as_str().filter(|_| !is_open)?;
            let source = source.as_ref().and_then(Value::as_str).unwrap_or(text);
            if !values.is_empty() && !values.contains(&text) {
                return Some(unknown_value(&setting.path.replace(".*", ""), source, &values));
            }
            let reason = (setting.refusal)(text)?;
            Some(format!("`{}` cannot be `{}`: {reason}", setting.path, shown(source)))
        };
        self.problems.extend(problem.or_else(of_text).map(|problem| (place.to_owned(), problem)));
    }

    /// Whether the tenant might have a hidden secret that the file does not remove.
    fn might_be_hidden(&self, place: &[String]) -> bool {
        value_at(&self.file, place).is_none()
            && self.found.is_some_and(|found| is_secret(self.declared.kind, &found.confidential, place))
    }
}
