//! Checks the keys of custom phrases: the server accepts those of its own phrases only.

use logto_admin::Client;
use serde_json::Value;

use super::declaration::{Declaration, Declared};
use super::kinds::{ALL, Phrases};
use super::value_path::{ValuePath, dotted};
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
                check(entity, &mut vec![phrases.member.to_owned()], value, &known, &mut problems);
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

fn check(entity: &Declared, place: &mut ValuePath, value: &Value, known: &Value, problems: &mut Vec<String>) {
    match (value, known) {
        (Value::Object(members), Value::Object(known)) => {
            for (name, value) in members {
                place.push(name.clone());
                match known.get(name) {
                    Some(known) => check(entity, place, value, known, problems),
                    None => {
                        let names: Vec<&str> = known.keys().map(String::as_str).collect();
                        let hint = suggestion(name, &names).unwrap_or_default();
                        problems.push(format!("{}: unknown key `{}`{hint}", entity.at(place), shown(name)));
                    }
                }
                place.pop();
            }
        }
        (Value::String(_), Value::String(_)) | (_, Value::Null) => {}
        (_, known) => {
            let expected = if known.is_object() { "an object" } else { "a text" };
            problems.push(format!("{}: `{}` must be {expected}", entity.at(place), dotted(place)));
        }
    }
}
