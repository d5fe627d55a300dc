//! The API documents, with corrections where the server differs from them. The tests compare every operation with them,
//! using a JSON Schema validator that is independent of this project.

mod answers;
mod convert;
mod loosened;
mod requests;
mod sample;
mod schema;
mod secrets;
mod table;
mod validator;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

pub(crate) use self::loosened::Loosened;

/// All operations of the documents, by id.
pub(crate) struct Documents {
    operations: BTreeMap<String, Described>,
}

/// An operation in a document.
struct Described {
    method: String,
    path: String,
    operation: Value,
    components: Arc<Value>,
}

/// A parameter in a document.
struct Parameter {
    name: String,
    place: String,
    required: bool,
    schema: Value,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const JSON: &str = "application/json";

impl Documents {
    /// Returns the documents, which are read once.
    pub(crate) fn load() -> &'static Self {
        static LOADED: OnceLock<Documents> = OnceLock::new();
        LOADED.get_or_init(Self::read)
    }

    fn read() -> Self {
        Self::of(&logto_admin_codegen::newest_documents().expect("the documents and their corrections"))
    }

    fn of(documents: &[Value]) -> Self {
        let mut operations = BTreeMap::new();
        for document in documents {
            let components = Arc::new(document["components"].clone());
            for (path, item) in document["paths"].as_object().expect("paths") {
                for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                    let described = Described {
                        method: method.to_uppercase(),
                        path: path.clone(),
                        operation: item[*method].clone(),
                        components: Arc::clone(&components),
                    };
                    let id = described.operation["operationId"].as_str().expect("an id").to_owned();
                    assert!(operations.insert(id.clone(), described).is_none(), "duplicate operation {id}");
                }
            }
        }
        Self { operations }
    }

    /// Returns whether the document has this place in an operation's body.
    pub(crate) fn body_has(&self, id: &str, pointer: &str) -> bool {
        let described = &self.operations[id];
        described.body(JSON).is_none_or(|schema| schema::knows(schema, &described.components, pointer))
    }

    /// Returns whether the document has this place in an operation's answer.
    pub(crate) fn answer_has(&self, id: &str, status: u16, pointer: &str) -> bool {
        let described = &self.operations[id];
        let schema = described.answer(&status.to_string()).or_else(|| described.success().map(|(_, schema)| schema));
        schema.is_none_or(|schema| schema::knows(schema, &described.components, pointer))
    }
}

impl Described {
    /// The schema of the body with this content type.
    fn body(&self, content_type: &str) -> Option<&Value> {
        self.operation["requestBody"]["content"].get(content_type)?.get("schema")
    }

    /// The schema of the JSON answer with this status.
    fn answer(&self, status: &str) -> Option<&Value> {
        self.operation["responses"].get(status)?["content"].get(JSON)?.get("schema")
    }

    /// The first success status with a JSON schema, and the schema.
    fn success(&self) -> Option<(u16, &Value)> {
        let statuses = self.operation["responses"].as_object()?.keys().filter(|status| status.starts_with('2'));
        statuses.into_iter().find_map(|status| Some((status.parse().ok()?, self.answer(status)?)))
    }

    /// Returns the name that the newest document has for a parameter of the path.
    fn newest_name(&self, name: &str) -> String {
        let id = self.operation["operationId"].as_str().unwrap_or_default();
        let own = self.path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
        let at = own.into_iter().position(|own| own == name);
        let newest = logto_admin::operation::find(id).map_or(&[][..], |info| info.path_parameters);
        at.and_then(|at| newest.get(at)).map_or(name, |newest| newest).to_owned()
    }

    fn parameters(&self) -> Vec<Parameter> {
        let parameters = self.operation["parameters"].as_array().into_iter().flatten();
        let resolved = parameters.map(|parameter| schema::resolved(parameter, &self.components));
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let mut seen = BTreeSet::new();
        resolved
            .map(|parameter| Parameter {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                required: parameter["required"] == true,
                schema: parameter["schema"].clone(),
            })
            // Some documents list a parameter of the path twice.
            .filter(|parameter| seen.insert((parameter.name.clone(), parameter.place.clone())))
            .collect()
    }
}
