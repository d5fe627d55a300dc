//! Generates sample values of schemas.

use serde_json::{Map, Value, json};

use super::convert::converted;
use super::schema::resolved;

/// Maximum number of samples per schema. More samples show nothing new.
const MOST: usize = 100;

/// Returns samples of a schema: one with all members for each branch of each union, and one with only the required
/// members.
pub(super) fn samples(schema: &Value, components: &Value) -> Vec<Value> {
    let schema = converted(schema);
    let full = Sampler { components, full: true };
    let count = full.choices(&schema).min(MOST);
    let mut samples: Vec<Value> = (0..count).map(|choice| full.value(&schema, choice)).collect();
    samples.push(Sampler { components, full: false }.value(&schema, 0));
    samples
}

struct Sampler<'a> {
    components: &'a Value,
    /// Whether to include optional members.
    full: bool,
}

impl Sampler<'_> {
    /// Number of samples that are needed to show every branch of every union.
    fn choices(&self, schema: &Value) -> usize {
        let below = |schemas: &mut dyn Iterator<Item = &Value>| schemas.map(|schema| self.choices(schema)).max();
        if let Some(target) = self.target(schema) {
            return self.choices(&target);
        }
        if let Some(branches) = schema["anyOf"].as_array() {
            let constants = branches.iter().all(|branch| branch.get("const").is_some());
            return if constants { 1 } else { branches.len() * below(&mut branches.iter()).unwrap_or(1) };
        }
        let properties = schema["properties"].as_object().into_iter().flat_map(Map::values);
        let inner = ["items", "additionalProperties"].into_iter().filter_map(|name| schema.get(name));
        below(&mut properties.chain(inner)).unwrap_or(1)
    }

    fn value(&self, schema: &Value, choice: usize) -> Value {
        if let Some(target) = self.target(schema) {
            return self.value(&target, choice);
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        if let Some(branches) = schema["anyOf"].as_array() {
            return self.value(&branches[choice % branches.len()], choice / branches.len());
        }
        if let Some(values) = schema["enum"].as_array() {
            return values[choice % values.len()].clone();
        }
        match schema["type"].as_str() {
            Some("null") => Value::Null,
            Some("boolean") => Value::Bool(choice.is_multiple_of(2)),
            Some("integer" | "number") => number(schema),
            Some("string") => text(schema).into(),
            Some("array") => self.list(schema, choice),
            Some("object") => Value::Object(self.object(schema, choice)),
            None => json!({ "anything": ["goes", 1, null] }),
            Some(other) => panic!("unsupported type {other}"),
        }
    }

    fn list(&self, schema: &Value, choice: usize) -> Value {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let count = if self.full { least.max(1) } else { least };
        (0..count).map(|_| self.value(&schema["items"], choice)).collect::<Vec<_>>().into()
    }

    fn object(&self, schema: &Value, choice: usize) -> Map<String, Value> {
        let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
        let properties = schema["properties"].as_object().into_iter().flatten();
        let wanted = properties.filter(|(name, _)| self.full || required(name));
        let mut object: Map<String, Value> =
            wanted.map(|(name, schema)| (name.clone(), self.value(schema, choice))).collect();
        match schema.get("additionalProperties") {
            _ if !self.full => {}
            Some(values @ Value::Object(_)) => {
                object.insert("some key".to_owned(), self.value(values, choice));
            }
            Some(Value::Bool(true)) => {
                object.insert("some key".to_owned(), json!({ "some": ["value", 1.5] }));
            }
            None if !schema["properties"].is_object() => {
                object.insert("some key".to_owned(), Value::Null);
            }
            _ => {}
        }
        object
    }

    fn target(&self, schema: &Value) -> Option<Value> {
        schema.get("$ref").map(|_| converted(resolved(schema, self.components)))
    }
}

fn number(schema: &Value) -> Value {
    let whole = schema["minimum"].as_i64().unwrap_or(0).max(7);
    match schema["format"].as_str() {
        Some("float" | "double") => (whole as f64 + 0.5).into(),
        _ => schema["maximum"].as_i64().unwrap_or(whole).min(whole).into(),
    }
}

fn text(schema: &Value) -> String {
    let sample = match (schema["pattern"].as_str(), schema["format"].as_str()) {
        (Some(pattern), _) => of_pattern(pattern),
        (None, Some("url" | "uri")) => "https://ada.example.com/here",
        (None, Some("email")) => "ada@example.com",
        (None, Some("date-time")) => "2026-11-24T04:03:24.000Z",
        (None, _) => "text ä/%",
    };
    let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).expect("a length");
    let most = usize::try_from(schema["maxLength"].as_u64().unwrap_or(u64::MAX)).expect("a length");
    let padded = if schema["pattern"].is_null() { format!("{sample:x<least$}") } else { sample.to_owned() };
    padded.chars().take(most).collect()
}

fn of_pattern(pattern: &str) -> &'static str {
    match pattern {
        r"(?i)^#[\da-f]{3}([\da-f]{3})?$" => "#5D34f2",
        r"^\S+@\S+\.\S+$" => "ada@example.com",
        r"^\d+$" => "12065550100",
        r"^[A-Z_a-z]\w*$" => "ada_1",
        r"^\d{4}(-\d{2}){2}" | r"^\d{4}(-\d{2}){2}$" => "2026-11-24",
        other => panic!("no sample for pattern {other}"),
    }
}
