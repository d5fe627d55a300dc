//! Values as the server's validator returns them. They have defaults, and no unknown members.

use logto_admin::serde_json::{Map, Value};

use crate::document::schema::{Kind, Schema};
use crate::document::validate::takes;

/// Returns what the validator makes of a valid value.
pub(crate) fn parsed(schema: Schema, value: &Value) -> Value {
    match (schema.kind(), value) {
        (Kind::Object, Value::Object(members)) => object(schema, members),
        (Kind::Array, Value::Array(elements)) => match schema.items() {
            Some(items) => elements.iter().map(|element| parsed(items, element)).collect(),
            None => value.clone(),
        },
        (Kind::Union, value) => {
            let branch = schema.branches().find(|branch| takes(*branch, value));
            branch.map_or_else(|| value.clone(), |branch| parsed(branch, value))
        }
        _ => value.clone(),
    }
}

fn object(schema: Schema, members: &Map<String, Value>) -> Value {
    let mut result = Map::new();
    for (name, property) in schema.properties() {
        let default = property.default().filter(|default| !default.is_object());
        if let Some(value) = members.get(name).map(|value| parsed(property, value)).or(default.cloned()) {
            result.insert(name.to_owned(), value);
        }
    }
    if schema.is_open() {
        for (name, value) in members.iter().filter(|(name, _)| schema.property(name).is_none()) {
            result.insert(name.clone(), value.clone());
        }
    }
    result.into()
}

#[cfg(test)]
mod tests {
    use logto_admin::serde_json::json;

    use super::*;
    use crate::document::schema::Contract;

    #[test]
    fn unknown_members_are_dropped_and_defaults_are_filled_in() {
        let schema = Contract::of(logto_admin::operation::find("UpdateSignInExp").unwrap()).body().unwrap();
        let sent = json!({
            "nope": 1,
            "passwordPolicy": { "rejects": { "pwned": false }, "nope": 1 },
            "customContent": { "/sign-in": "a" },
            "passwordExpiration": { "enabled": true, "validPeriodDays": 9, "nope": 1 },
        });
        let rejects = json!({ "pwned": false, "repetitionAndSequence": true, "userInfo": true, "words": [] });
        let expected = json!({
            "passwordPolicy": { "rejects": rejects },
            "customContent": { "/sign-in": "a" },
            "passwordExpiration": { "enabled": true, "validPeriodDays": 9 },
        });
        assert_eq!(parsed(schema, &sent), expected);
        assert_eq!(parsed(schema, &json!({ "passwordPolicy": {} })), json!({ "passwordPolicy": {} }));
    }
}
