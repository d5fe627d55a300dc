//! Generates sample responses from schemas, for operations without state.

use logto_admin::serde_json::{Map, Value};

use crate::document::formats;
use crate::document::schema::{Kind, Schema};
use crate::ids::Ids;

/// Generates sample values.
pub(crate) struct Sampler<'a> {
    pub ids: &'a mut Ids,
    /// Milliseconds since the epoch.
    pub now: i64,
}

impl Sampler<'_> {
    /// Returns a value that matches the schema.
    ///
    /// An object has its required members and those with a default. A list has one element, or `minItems` elements.
    pub(crate) fn value(&mut self, schema: Schema, name: &str) -> Value {
        if let Some(value) = schema.constant().or_else(|| schema.default().cloned()) {
            return value;
        }
        if let Some(choice) = schema.choices().and_then(|choices| choices.first()) {
            return choice.clone();
        }
        match schema.kind() {
            _ if schema.is_nullable() => Value::Null,
            Kind::Any => Value::Object(Map::new()),
            Kind::Union => schema.branches().next().map(|branch| self.value(branch, name)).unwrap_or_default(),
            Kind::Object => Value::Object(self.object(schema)),
            Kind::Array => self.elements(schema, name),
            Kind::String => self.text(schema, name).into(),
            Kind::Number | Kind::Integer => self.number(schema, name),
            Kind::Boolean => false.into(),
        }
    }

    fn object(&mut self, schema: Schema) -> Map<String, Value> {
        let required =
            schema.properties().filter(|(name, property)| schema.requires(name) || property.default().is_some());
        required.map(|(name, property)| (name.to_owned(), self.value(property, name))).collect()
    }

    fn elements(&mut self, schema: Schema, name: &str) -> Value {
        let count = schema.length("minItems").unwrap_or(1).max(1);
        let items = schema.items();
        Value::Array(
            items
                .into_iter()
                .flat_map(|items| (0..count).map(move |_| items))
                .map(|items| self.value(items, name))
                .collect(),
        )
    }

    fn text(&mut self, schema: Schema, name: &str) -> String {
        if let Some(example) = formats::example(schema.format(), schema.pattern()) {
            return example.to_owned();
        }
        let most = schema.length("maxLength").and_then(|length| usize::try_from(length).ok()).unwrap_or(21);
        let least = schema.length("minLength").and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let identifies = name == "id" || name.ends_with("Id") || name.ends_with("Ids");
        match name {
            "tenantId" => "default".to_owned(),
            _ if named(name, "url") || named(name, "uri") => format!("https://example.com/{name}"),
            _ if named(name, "email") => "sample@example.com".to_owned(),
            _ if identifies => self.ids.id(most.min(21)),
            _ if most < least.max(name.len()) || name.len() < least => self.ids.id(least.max(1).min(most)),
            _ => name.to_owned(),
        }
    }

    /// Returns a number. A member that is named like a time gets a time.
    fn number(&mut self, schema: Schema, name: &str) -> Value {
        let least = schema.bound("minimum").and_then(Value::as_f64).unwrap_or_default() as i64;
        match name {
            "expiresAt" => self.now.saturating_add(600_000).into(),
            _ if name.ends_with("At") => self.now.into(),
            "expiresIn" | "expires_in" => 600.into(),
            "iat" | "loginTs" => (self.now / 1000).into(),
            "exp" => (self.now / 1000 + 3600).into(),
            _ => least.into(),
        }
    }
}

/// Returns whether a name ends with this word, ignoring case and a plural `s`.
fn named(name: &str, word: &str) -> bool {
    name.to_ascii_lowercase().trim_end_matches('s').ends_with(word)
}

/// Copies sent members into a sample response. Leaves out those that its schema lacks or rejects.
pub(crate) fn overlay(schema: Schema, answer: &mut Value, sent: &Map<String, Value>) {
    let Value::Object(members) = answer else { return };
    for (name, value) in sent {
        let fits = schema.property(name).is_some_and(|property| crate::document::validate::takes(property, value));
        if fits {
            members.insert(name.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::schema::Contract;

    #[test]
    fn samples_satisfy_their_schemas() {
        let mut ids = Ids::new(1);
        for info in logto_admin::operation::TABLE {
            for status in info.success {
                let Some(schema) = Contract::of(info).answer(*status) else { continue };
                let sample = Sampler { ids: &mut ids, now: 1 }.value(schema, "");
                assert!(crate::document::validate::takes(schema, &sample), "{} {sample}", info.id);
            }
        }
    }
}
