//! An independent validator of JSON Schema.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::convert::json_schema;

pub(super) struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    /// Creates a validator for a schema of the document.
    pub(super) fn new(schema: &Value, components: &Value) -> Self {
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource("schema.json", json_schema(schema, components)).expect("a resource");
        let compiled = compiler.compile("schema.json", &mut schemas);
        let index = compiled.unwrap_or_else(|error| panic!("the validator rejects the schema: {error:#}"));
        Self { schemas, index }
    }

    /// Validates a value and returns the problem, if any.
    pub(super) fn problem(&self, value: &Value) -> Option<String> {
        self.schemas.validate(value, self.index).err().map(|error| error.to_string())
    }
}

#[test]
fn undocumented_values_are_rejected() {
    use serde_json::json;

    let documents = super::Documents::load();
    let described = &documents.operations["CreateUser"];
    let validator = Validator::new(described.body(super::JSON).unwrap(), &described.components);
    assert_eq!(validator.problem(&json!({ "username": "ada", "avatar": null })), None);
    for wrong in [
        json!({ "user_name": "ada" }),
        json!({ "username": 7 }),
        json!({ "username": "not a name" }),
        json!({ "name": null }),
        json!({ "passwordAlgorithm": "ROT13" }),
        json!([]),
    ] {
        assert!(validator.problem(&wrong).is_some(), "{wrong}");
    }
}
