//! The API document, corrected where the server differs from it.

mod schema;

use std::collections::BTreeMap;

use serde_json::Value;

/// Every operation of the documents, by its id.
pub(crate) struct Documents {
    operations: BTreeMap<String, Described>,
}

/// An operation, as a document describes it.
pub(crate) struct Described {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) operation: Value,
    pub(crate) components: Value,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Documents {
    pub(crate) fn load() -> Self {
        let documents = logto_admin_codegen::corrected_documents().expect("the documents and their corrections");
        let mut operations = BTreeMap::new();
        for document in documents {
            for (path, item) in document["paths"].as_object().expect("paths") {
                for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                    let operation = item[*method].clone();
                    let id = operation["operationId"].as_str().expect("an id").to_owned();
                    let components = document["components"].clone();
                    let described =
                        Described { method: method.to_uppercase(), path: path.clone(), operation, components };
                    assert!(operations.insert(id.clone(), described).is_none(), "{id} is there twice");
                }
            }
        }
        Self { operations }
    }

    /// Whether the document knows this place of an operation's body.
    pub(crate) fn body_has(&self, id: &str, pointer: &str) -> bool {
        let described = &self.operations[id];
        let schema = described.operation.pointer("/requestBody/content/application~1json/schema");
        schema.is_none_or(|schema| schema::knows(schema, &described.components, pointer))
    }

    /// Whether the document knows this place of an operation's answer.
    pub(crate) fn answer_has(&self, id: &str, status: u16, pointer: &str) -> bool {
        let described = &self.operations[id];
        let responses = described.operation["responses"].as_object().expect("responses");
        let successes = responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        let named = responses.get(&status.to_string());
        let schema = named
            .into_iter()
            .chain(successes)
            .find_map(|response| response.pointer("/content/application~1json/schema"));
        schema.is_none_or(|schema| schema::knows(schema, &described.components, pointer))
    }
}
