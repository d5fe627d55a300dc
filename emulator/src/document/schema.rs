//! The schemas of bodies, parameters and responses in the API document. Only this module reads `operations.json`, which
//! is generated from the corrected documents in `spec/`.

use std::sync::OnceLock;

use logto_admin::operation::OperationInfo;
use logto_admin::serde_json::{self, Map, Value};

use crate::document::amendments;

/// The whole document. It has an entry per operation, and the schemas that several operations share.
struct Document {
    operations: Map<String, Value>,
    schemas: Vec<Value>,
}

fn document() -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let parsed: Value = serde_json::from_str(include_str!("../operations.json")).unwrap_or_default();
        let mut operations = parsed.get("operations").and_then(Value::as_object).cloned().unwrap_or_default();
        let schemas = parsed.get("schemas").and_then(Value::as_array).cloned().unwrap_or_default();
        amendments::apply(&mut operations, &schemas);
        Document { operations, schemas }
    })
}

/// Returns the schemas that several operations share, by number.
pub(crate) fn shared() -> &'static [Value] {
    &document().schemas
}

/// The schemas of an operation's request and responses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contract(Option<&'static Value>);

impl Contract {
    pub(crate) fn of(info: &OperationInfo) -> Self {
        Self(document().operations.get(&format!("{} {}", info.method, info.path)))
    }

    fn member(self, name: &str) -> Option<&'static Value> {
        self.0.and_then(|operation| operation.get(name))
    }

    /// Returns the schema of the path parameters, as an object.
    pub(crate) fn path(self) -> Option<Schema> {
        self.member("path").map(Schema::new)
    }

    /// Returns the schema of the query parameters, as an object. It does not include free-form search parameters.
    pub(crate) fn query(self) -> Option<Schema> {
        self.member("query").map(Schema::new)
    }

    /// Returns the schema of a JSON or form body.
    pub(crate) fn body(self) -> Option<Schema> {
        let kinds = self.member("body")?.as_object()?;
        let plain = kinds.iter().find(|(kind, _)| !kind.starts_with("multipart/"));
        plain.map(|(_, schema)| Schema::new(schema))
    }

    /// Returns the statuses of errors.
    pub(crate) fn errors(self) -> impl Iterator<Item = u16> {
        let statuses = self.member("errors").and_then(Value::as_array).into_iter().flatten();
        statuses.filter_map(Value::as_u64).filter_map(|status| u16::try_from(status).ok())
    }

    /// Returns the schema of the JSON response with this status.
    pub(crate) fn answer(self, status: u16) -> Option<Schema> {
        self.member("answers")?.get(status.to_string())?.get("application/json").map(Schema::new)
    }
}

/// A schema of the document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema(&'static Value);

/// The basic type of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Union,
    Object,
    Array,
    String,
    Number,
    Integer,
    Boolean,
}

impl Schema {
    pub(crate) fn new(schema: &'static Value) -> Self {
        let shared = schema.get("$ref").and_then(Value::as_u64);
        let shared = shared.and_then(|number| document().schemas.get(usize::try_from(number).ok()?));
        Self(shared.unwrap_or(schema))
    }

    /// Returns the schema as `operations.json` has it.
    pub(crate) const fn value(self) -> &'static Value {
        self.0
    }

    fn get(self, name: &str) -> Option<&'static Value> {
        self.0.get(name)
    }

    fn text(self, name: &str) -> Option<&'static str> {
        self.get(name).and_then(Value::as_str)
    }

    /// Returns a limit of a number.
    pub(crate) fn bound(self, name: &str) -> Option<&'static Value> {
        self.get(name).filter(|bound| bound.is_number())
    }

    pub(crate) fn length(self, name: &str) -> Option<u64> {
        self.get(name).and_then(Value::as_u64)
    }

    pub(crate) fn kind(self) -> Kind {
        match self.text("type") {
            _ if self.get("oneOf").or(self.get("anyOf")).is_some() => Kind::Union,
            Some("object") => Kind::Object,
            Some("array") => Kind::Array,
            Some("string") => Kind::String,
            Some("number") => Kind::Number,
            Some("integer") => Kind::Integer,
            Some("boolean") => Kind::Boolean,
            _ if self.get("properties").is_some() => Kind::Object,
            _ => Kind::Any,
        }
    }

    pub(crate) fn is_nullable(self) -> bool {
        self.get("nullable") == Some(&Value::Bool(true))
    }

    /// Returns the only allowed value. The document writes it as a format.
    pub(crate) fn constant(self) -> Option<Value> {
        let format = self.text("format")?;
        if self.is_empty_text() {
            return Some(Value::String(String::new()));
        }
        let literal = format.starts_with('"') || matches!(format, "true" | "false");
        serde_json::from_str(format).ok().filter(|_| literal)
    }

    pub(crate) fn choices(self) -> Option<&'static Vec<Value>> {
        self.get("enum").and_then(Value::as_array)
    }

    pub(crate) fn format(self) -> Option<&'static str> {
        self.text("format")
    }

    /// Returns the name of a rule that is not a format.
    pub(crate) fn custom(self) -> Option<&'static str> {
        self.text("custom")
    }

    /// Returns whether a number must be greater than the minimum.
    pub(crate) fn is_minimum_exclusive(self) -> bool {
        self.get("exclusiveMinimum") == Some(&Value::Bool(true))
    }

    pub(crate) fn pattern(self) -> Option<&'static str> {
        self.text("pattern")
    }

    pub(crate) fn default(self) -> Option<&'static Value> {
        self.get("default")
    }

    pub(crate) fn branches(self) -> impl Iterator<Item = Self> {
        let branches = self.get("oneOf").or(self.get("anyOf")).and_then(Value::as_array);
        branches.into_iter().flatten().map(Self::new)
    }

    pub(crate) fn items(self) -> Option<Self> {
        self.get("items").map(Self::new)
    }

    /// Returns the properties of an object, in the order of the document.
    pub(crate) fn properties(self) -> impl Iterator<Item = (&'static str, Self)> {
        let pairs = self.get("properties").and_then(Value::as_array).into_iter().flatten();
        pairs.filter_map(|pair| Some((pair.get(0)?.as_str()?, Self::new(pair.get(1)?))))
    }

    pub(crate) fn property(self, name: &str) -> Option<Self> {
        self.properties().find(|(known, _)| *known == name).map(|(_, schema)| schema)
    }

    /// Returns whether a member is required. A member with a default and one that can be empty are optional, even if
    /// the document requires them.
    pub(crate) fn requires(self, name: &str) -> bool {
        let listed = self.get("required").and_then(Value::as_array);
        let listed = listed.is_some_and(|names| names.iter().any(|listed| listed.as_str() == Some(name)));
        let optional = |property: Self| property.default().is_some() || property.branches().any(Self::is_empty_text);
        listed && !self.property(name).is_some_and(optional)
    }

    fn is_empty_text(self) -> bool {
        self.format() == Some("empty")
    }

    /// Returns whether an object can have members that the schema does not name.
    pub(crate) fn is_open(self) -> bool {
        let listed = self.get("properties").is_some();
        self.get("additionalProperties").map_or(!listed, |further| *further != Value::Bool(false))
    }

    /// Returns the schema of additional properties.
    pub(crate) fn further(self) -> Option<Self> {
        self.get("additionalProperties").filter(|schema| schema.is_object()).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves() {
        fn check(value: &Value, schemas: usize) {
            if let Some(reference) = value.get("$ref") {
                assert!(reference.as_u64().is_some_and(|number| (number as usize) < schemas), "{reference}");
            }
            match value {
                Value::Object(members) => members.values().for_each(|member| check(member, schemas)),
                Value::Array(elements) => elements.iter().for_each(|element| check(element, schemas)),
                _ => {}
            }
        }
        let document = document();
        assert!(document.operations.len() >= 381);
        let all = document.operations.values().chain(&document.schemas);
        all.for_each(|value| check(value, document.schemas.len()));
    }

    #[test]
    fn every_operation_in_the_table_has_an_entry() {
        for info in logto_admin::operation::TABLE {
            assert!(Contract::of(info).0.is_some(), "{}", info.id);
        }
    }
}
