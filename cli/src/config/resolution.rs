//! Values of a file, with environment variables in place of references.

use std::collections::BTreeMap;

use serde_json::Value;

use super::entity_members::Members;
use super::secrets::{Piece, pieces, variables};
use super::value_path::ValuePath;
use super::variable_values::VariableValues;
use super::yaml::{Content, Node};
use crate::failure::Failure;
use crate::json_object::NUL;
use crate::terminal::shown;

/// Returns the value of an environment variable, or none if it is not set. Fails if the value is not text.
pub type Environment<'e> = &'e (dyn Fn(&str) -> Result<Option<String>, Failure> + Sync);

/// The result of replacing references.
pub(super) struct Resolution<'e> {
    environment: Environment<'e>,
    /// The texts of the file for values that contain a variable, by value.
    pub sources: BTreeMap<String, String>,
    /// The texts whose variables are not set, by place.
    pub open: BTreeMap<ValuePath, Open>,
    /// Lines and messages.
    pub problems: Vec<(u64, String)>,
    /// The values of the variables.
    pub variable_values: VariableValues,
}

/// A text of the file with variables that are not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    pub text: String,
    /// The names of these variables, for messages.
    pub variables: String,
}

impl<'e> Resolution<'e> {
    pub(super) fn new(environment: Environment<'e>) -> Self {
        let (sources, open) = (BTreeMap::new(), BTreeMap::new());
        Self { environment, sources, open, problems: Vec::new(), variable_values: VariableValues::default() }
    }

    pub(super) fn value(&mut self, place: ValuePath, node: &Node) -> Value {
        let below = |step: String| place.iter().cloned().chain([step]).collect::<ValuePath>();
        match &node.content {
            Content::Scalar(Value::String(text)) => self.text(place, text, node.line).into(),
            Content::Scalar(other) => other.clone(),
            Content::List(items) => {
                items.iter().enumerate().map(|(at, item)| self.value(below(at.to_string()), item)).collect()
            }
            Content::Object(entries) => {
                let mut members = Members::new();
                for entry in entries {
                    let name = self.name(&entry.name, entry.line);
                    let value = self.value(below(name.clone()), &entry.value);
                    members.insert(name, value);
                }
                Value::Object(members)
            }
        }
    }

    fn text(&mut self, place: ValuePath, text: &str, line: u64) -> String {
        match self.replaced(text) {
            Ok(Some(value)) => value,
            Ok(None) => {
                let variables = variables(text, |name| matches!((self.environment)(name), Ok(None)));
                self.open.insert(place, Open { text: text.to_owned(), variables });
                text.to_owned()
            }
            Err(message) => {
                self.problems.push((line, message));
                text.to_owned()
            }
        }
    }

    /// Returns the name of a member with the values of its variables. Names can contain variables too: scopes are
    /// listed by the indicators of their resources.
    fn name(&mut self, text: &str, line: u64) -> String {
        match self.replaced(text) {
            Ok(Some(name)) => return name,
            Ok(None) => self.problems.push((line, format!("the variable in the key `{}` is not set", shown(text)))),
            Err(message) => self.problems.push((line, message)),
        }
        text.to_owned()
    }

    /// Returns the text with the values of its variables, or `None` if one is not set.
    pub(super) fn replaced(&mut self, text: &str) -> Result<Option<String>, String> {
        let mut has_variable = false;
        let mut values = Vec::new();
        for piece in pieces(text)? {
            values.push(match piece {
                Piece::Text(text) => Some(text),
                Piece::Variable(name) => {
                    let value = (self.environment)(&name).map_err(|failure| failure.message().to_owned())?;
                    if let Some(value) = &value {
                        self.variable_values.add(value, &name);
                    }
                    has_variable = true;
                    value
                }
            });
        }
        let value: Option<String> = values.into_iter().collect();
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(format!("the text {NUL}"));
        }
        if let Some(value) = value.as_ref().filter(|_| has_variable) {
            self.sources.insert(value.clone(), text.to_owned());
            self.variable_values.add_text(value, text);
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resolved(yaml: &str) -> (Value, BTreeMap<ValuePath, Open>, Vec<(u64, String)>) {
        let environment = |name: &str| match name {
            "INVALID" => Err(Failure::usage("INVALID is not text")),
            name => Ok((name == "SET").then(|| "value".to_owned())),
        };
        let node = Node::parse(yaml).unwrap_or_else(|(_, message)| panic!("{message}"));
        let mut resolution = Resolution::new(&environment);
        let value = resolution.value(Vec::new(), &node);
        (value, resolution.open, resolution.problems)
    }

    #[test]
    fn variables_are_replaced_in_values_and_keys() {
        let (value, open, problems) = resolved("a: Bearer ${env:SET}\n'${env:SET}': [1, '$${env:SET}']\n");
        assert_eq!(value, json!({ "a": "Bearer value", "value": [1, "${env:SET}"] }));
        assert!(open.is_empty() && problems.is_empty());
    }

    #[test]
    fn places_of_variables_that_are_not_set_are_noted() {
        let (_, open, problems) = resolved("config:\n  list:\n  - x\n  - ${env:SET} ${env:UNSET}\n");
        let place = ["config", "list", "1"].map(str::to_owned).to_vec();
        let text = Open { text: "${env:SET} ${env:UNSET}".to_owned(), variables: "UNSET".to_owned() };
        assert_eq!(open, [(place, text)].into());
        assert!(problems.is_empty());
    }

    #[test]
    fn invalid_references_and_unset_keys_are_problems_with_a_line() {
        let (_, _, problems) = resolved("a: ${env:SET\n${env:UNSET}: 1\n");
        assert_eq!(problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn variables_that_are_not_text_are_problems_and_do_not_count_as_not_set() {
        let (_, open, problems) = resolved("a: ${env:UNSET}${env:INVALID}\n${env:INVALID}: 1\n");
        let message = "INVALID is not text".to_owned();
        assert_eq!(problems, [(1, message.clone()), (2, message)]);
        assert!(open.is_empty());
    }
}
