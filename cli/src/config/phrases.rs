//! Checks the keys of custom phrases. The server accepts those of its own phrases only.

use logto_admin::Client;
use serde_json::Value;

use super::declaration::{Declaration, Declared};
use super::entity_members::Members;
use super::kinds::{ALL, Phrases};
use super::value_path::{ValuePath, dotted};
use super::variable_values::VariableValues;
use crate::failure::Result;
use crate::suggestion::suggestion;
use crate::terminal::shown;

/// Returns what is wrong with the phrases of the files.
pub(super) async fn problems(client: &Client, declaration: &Declaration) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for kind in ALL {
        let Some(phrases) = kind.phrases else { continue };
        let declared: Vec<&Declared> = declaration.entities.iter().filter(|entity| entity.kind.is(kind)).collect();
        if declared.is_empty() {
            continue;
        }
        let known = known(client, phrases).await?;
        for entity in declared {
            if let Some(value) = entity.members.get(phrases.member) {
                let mut checker =
                    Checker { entity, variable_values: &declaration.variable_values, problems: &mut problems };
                checker.check(&mut vec![phrases.member.to_owned()], value, &known);
            }
        }
    }
    Ok(problems)
}

/// Returns the phrases of the server.
async fn known(client: &Client, phrases: Phrases) -> Result<Value> {
    let (name, value) = phrases.query;
    let mut answer = client.operation(phrases.read)?.query(name, value).await?;
    Ok(answer.get_mut(phrases.member).map(Value::take).unwrap_or_default())
}

/// Checks the phrases of an entity.
struct Checker<'c> {
    entity: &'c Declared,
    variable_values: &'c VariableValues,
    problems: &'c mut Vec<String>,
}

impl Checker<'_> {
    fn check(&mut self, place: &mut ValuePath, value: &Value, known: &Value) {
        match (value, known) {
            (Value::Object(members), Value::Object(known)) => {
                for (name, value) in members {
                    place.push(name.clone());
                    match known.get(name) {
                        Some(known) => self.check(place, value, known),
                        None => self.unknown(place, name, known),
                    }
                    place.pop();
                }
            }
            (Value::String(_), Value::String(_)) | (_, Value::Null) => {}
            (_, known) => {
                let expected = if known.is_object() { "an object" } else { "a text" };
                let shown = self.variable_values.hide(&dotted(place));
                self.problems.push(format!("{}: `{shown}` must be {expected}", self.entity.at(place)));
            }
        }
    }

    fn unknown(&mut self, place: &[String], name: &str, known: &Members) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let (name, hint) = (self.variable_values.hide(name), suggestion(name, &names).unwrap_or_default());
        self.problems.push(format!("{}: unknown key `{}`{hint}", self.entity.at(place), shown(&name)));
    }
}
