//! Reports texts that a list has twice.

use serde_json::Value;

use super::declaration::Declared;
use super::entity_members::Form;
use super::planner::Planner;
use super::value_path::value_at;
use crate::terminal::shown;

impl Planner<'_> {
    /// Reports texts that a list of a file has twice. This is a problem where the server refuses them, and else a
    /// warning.
    pub(super) fn check_duplicates(&mut self, declared: &Declared) {
        let file = Value::Object(declared.members.clone());
        for member in declared.kind.members.iter().filter(|member| member.set || member.form == Form::Texts) {
            let mut place: Vec<String> = member.path.split('.').map(str::to_owned).collect();
            let Some(Value::Array(items)) = value_at(&file, &place) else { continue };
            for (at, item) in items.iter().enumerate() {
                let (Some(text), true) = (item.as_str(), items.iter().take(at).any(|other| other == item)) else {
                    continue;
                };
                let message = format!("`{}` has `{}` twice", member.path, shown(&self.variable_values.hide(text)));
                place.push(at.to_string());
                if member.distinct {
                    self.problem(declared, &place, &message);
                } else {
                    self.warn(declared, &place, &message);
                }
                place.pop();
            }
        }
    }
}
