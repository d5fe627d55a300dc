//! Every variant of an answer in the API documents decodes and encodes back. The JSON stays the same.

use logto_admin::transport::HttpResponse;
use serde_json::{Map, Value};

use super::sample::samples;
use super::validator::Validator;
use super::{Documents, Loosened};
use crate::dispatch::OPERATIONS;
use crate::failures::Failures;
use crate::recordings::compare::differences;
use crate::typed::Written;

#[test]
fn every_documented_answer_decodes_and_encodes_back_to_the_same_json() {
    check(Documents::load(), |sample| sample);
}

#[test]
fn every_answer_in_the_documents_of_older_releases_decodes() {
    for (release, document) in logto_admin_codegen::documents_by_release().expect("the documents") {
        println!("{release}");
        // The document of 1.17 lacks a member that the server sends.
        let prepare = if release == "1.17" { with_tenant } else { |sample| sample };
        check(&Documents::of(&[document]), prepare);
    }
}

/// Adds the id of the tenant to every object with an id.
fn with_tenant(sample: Value) -> Value {
    match sample {
        Value::Array(items) => items.into_iter().map(with_tenant).collect(),
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, with_tenant(value))).collect();
            if members.keys().any(|name| name == "id" || name.ends_with("Id")) {
                members.entry("tenantId").or_insert_with(|| "default".into());
            }
            members.into()
        }
        other => other,
    }
}

/// Whether the place only exists because `with_tenant` added it.
fn is_tenant(pointer: &str) -> bool {
    pointer.ends_with("/tenantId")
}

fn check(documents: &Documents, prepare: fn(Value) -> Value) {
    let loosened = Loosened::load();
    let mut failures = Failures::new();
    for typed in OPERATIONS {
        let Some(described) = documents.operations.get(typed.id) else { continue };
        let Some((status, schema)) = described.success() else { continue };
        failures.checked();
        let validator = Validator::new(schema, &described.components);
        for sample in samples(schema, &described.components) {
            if let Some(problem) = validator.problem(&sample) {
                failures.add(typed.id, format!("the sample does not match the document: {problem}: {sample}"));
            }
            let sample = prepare(sample);
            match (typed.read)(&HttpResponse::json(status, sample.to_string())) {
                Err(error) => failures.add(typed.id, format!("{error}: {sample}")),
                Ok(Written { json: encoded, .. }) => {
                    let found = differences(&sample, &encoded);
                    let lost = found
                        .into_iter()
                        .filter(|found| !loosened.excuses(typed.id, &sample, found) && !is_tenant(&found.pointer));
                    lost.for_each(|difference| failures.add(typed.id, difference));
                }
            }
        }
    }
    failures.settle("answers");
}
