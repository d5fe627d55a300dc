//! Members that the server requires in the objects of a body.

use serde_json::Value;

use super::declaration::Declared;
use super::kinds::{Body, Write};
use super::planner::Planner;
use crate::bodies;

impl Planner<'_> {
    /// Reports objects that lack a member which the server requires in them. Looks at the members that are sent.
    pub(super) fn check_required(
        &mut self,
        declared: &Declared,
        write: Option<Write>,
        members: &Value,
        is_sent: impl Fn(&str) -> bool,
    ) {
        let Some(write) = write.filter(|write| matches!(write.body, Body::Members)) else { return };
        for path in bodies::required(write.operation) {
            let Some((owner, name)) = path.rsplit_once('.') else { continue };
            let steps: Vec<&str> = owner.split('.').map(|step| step.trim_end_matches("[]")).collect();
            let Some(first) = steps.first().filter(|first| is_sent(first)) else { continue };
            if lacks(members, &steps, name) {
                self.problem_at(declared, first, &format!("`{}` requires `{name}`", steps.join(".")));
            }
        }
    }
}

/// Whether an object at this place exists and lacks a member. Steps lead through lists.
fn lacks(value: &Value, place: &[&str], name: &str) -> bool {
    match (place, value) {
        (_, Value::Array(items)) => items.iter().any(|item| lacks(item, place, name)),
        ([], Value::Object(members)) => !members.contains_key(name),
        ([step, rest @ ..], Value::Object(members)) => members.get(*step).is_some_and(|value| lacks(value, rest, name)),
        _ => false,
    }
}
