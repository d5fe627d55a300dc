//! Every operation builds requests from sample inputs. They match the document.

use serde_json::{Map, Value};

use super::sample::samples;
use super::validator::Validator;
use super::{Described, Documents, JSON, Parameter};
use crate::dispatch::OPERATIONS;
use crate::failures::Failures;
use crate::recordings::requests::client;
use crate::recordings::sent::{Content, Sent};
use crate::typed::{Input, Part, Typed};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Sample parameters for `search_params`, which has no fixed members.
const SEARCH: [(&str, &str); 4] =
    [("search", "%a b%"), ("search.username", "ada"), ("mode.username", "exact"), ("isCaseSensitive", "true")];

#[test]
fn requests_of_every_operation_match_the_document() {
    build(Documents::load());
}

#[test]
fn requests_of_every_operation_match_the_documents_of_every_release() {
    for (release, document) in logto_admin_codegen::documents_by_release().expect("the documents") {
        println!("{release}");
        let mut documents = Documents::of(&[document]);
        if release == "1.17" {
            // Its body contains entities, of which this document lacks a member that the server sends.
            documents.operations.remove("TestJwtCustomizer");
        }
        build(&documents);
    }
}

fn build(documents: &Documents) {
    let client = client();
    let mut failures = Failures::new();
    for typed in OPERATIONS {
        let Some(described) = documents.operations.get(typed.id) else { continue };
        failures.checked();
        for input in inputs(described) {
            match (typed.build)(&client, &mut input.clone()) {
                Err(problem) => failures.add(typed.id, format!("{problem}: {input:?}")),
                Ok(request) => check(documents, typed, &input, &Sent::of(&request), &mut failures),
            }
        }
    }
    failures.settle("requests");
}

/// Sample inputs: all parameters in every variant, and only the required ones.
fn inputs(described: &Described) -> Vec<Input> {
    let bodies = bodies(described);
    let count = bodies.len().max(2);
    let body = |number: usize| bodies.get(number.min(bodies.len().saturating_sub(1))).cloned();
    (0..count)
        .map(|number| {
            let mut input = parameters(described, number + 1 < count);
            match body(number) {
                Some(Content::Json(body)) => input.body = Some(body),
                Some(Content::Form(pairs)) => {
                    input.body =
                        Some(Value::Object(pairs.into_iter().map(|(name, value)| (name, value.into())).collect()));
                }
                Some(Content::Multipart(parts)) => input.parts = parts,
                _ => {}
            }
            input
        })
        .collect()
}

pub(super) fn parameters(described: &Described, full: bool) -> Input {
    let mut input = Input::default();
    for Parameter { name, place, required, schema } in described.parameters() {
        let sample = samples(&schema, &described.components).swap_remove(0);
        match place.as_str() {
            "path" => input.path.push((described.newest_name(&name), text(&sample))),
            _ if !full && !required => {}
            _ if name == "search_params" => {
                input.query.extend(SEARCH.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            _ => match sample {
                Value::Array(values) => {
                    input.query.extend(values.iter().chain(&values).map(|value| (name.clone(), text(value))));
                }
                one => input.query.push((name, text(&one))),
            },
        }
    }
    input
}

fn bodies(described: &Described) -> Vec<Content> {
    let sampled = |kind: &str| described.body(kind).map(|schema| samples(schema, &described.components));
    let object = |value: Value| value.as_object().cloned().unwrap_or_default();
    if let Some(samples) = sampled(JSON) {
        return samples.into_iter().map(Content::Json).collect();
    }
    if let Some(samples) = sampled(FORM) {
        let pairs = |form: Map<String, Value>| form.into_iter().map(|(name, value)| (name, text(&value))).collect();
        return samples.into_iter().map(|sample| Content::Form(pairs(object(sample)))).collect();
    }
    let Some(samples) = sampled(MULTIPART) else { return Vec::new() };
    samples.into_iter().map(|sample| Content::Multipart(object(sample).into_iter().map(file).collect())).collect()
}

fn file((name, _): (String, Value)) -> Part {
    let (file_name, content_type) = (Some("a picture.png".to_owned()), Some("image/png".to_owned()));
    Part { name, file_name, content_type, data: b"\x89PNG\r\n\x1a\n--".to_vec() }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn check(documents: &Documents, typed: &Typed, input: &Input, sent: &Sent, failures: &mut Failures) {
    let described = &documents.operations[typed.id];
    let mut problem = |problem: String| failures.add(typed.id, format!("{problem}: {sent:?}"));
    match matching(documents, sent) {
        ids if ids == [typed.id] => {}
        ids => problem(format!("method and path match {ids:?}")),
    }
    let parameters = input.path.iter().map(|(_, value)| value);
    if !parameters.into_iter().all(|value| sent.path.contains(value)) {
        problem("a path parameter is missing".to_owned());
    }
    query_problems(described, sent).into_iter().for_each(&mut problem);
    if let Some(wrong) = body_problem(described, &sent.body) {
        problem(wrong);
    }
    let given = input.body.as_ref().map(|body| match described.body(FORM) {
        None => Content::Json(body.clone()),
        Some(_) => {
            Content::Form(body.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect())
        }
    });
    let given = given.unwrap_or(match input.parts.as_slice() {
        [] => Content::None,
        parts => Content::Multipart(parts.to_vec()),
    });
    if given != sent.body {
        problem(format!("the body should be {given:?}"));
    }
}

/// The operations that match a request's method and path. Literal segments take precedence over parameters.
fn matching<'a>(documents: &'a Documents, sent: &Sent) -> Vec<&'a str> {
    let literals = |template: &str| -> Option<usize> {
        let steps: Vec<&str> = template.split('/').collect();
        let pairs = steps.iter().zip(&sent.path);
        let fits = steps.len() == sent.path.len()
            && pairs.clone().all(|(step, segment)| (step.starts_with('{') && !segment.is_empty()) || step == segment);
        fits.then(|| pairs.filter(|(step, segment)| step == segment).count())
    };
    let of_method = documents.operations.iter().filter(|(_, described)| described.method == sent.method);
    let fitting: Vec<_> =
        of_method.filter_map(|(id, described)| Some((literals(&described.path)?, id.as_str()))).collect();
    let most = fitting.iter().map(|(literals, _)| *literals).max();
    fitting.into_iter().filter(|(literals, _)| Some(*literals) == most).map(|(_, id)| id).collect()
}

fn query_problems(described: &Described, sent: &Sent) -> Vec<String> {
    let mut problems = Vec::new();
    let mut left = sent.query.clone();
    for parameter in described.parameters().into_iter().filter(|parameter| parameter.place == "query") {
        let belongs = |name: &str| match parameter.name.as_str() {
            "search_params" => SEARCH.iter().any(|(known, _)| *known == name),
            known => known == name,
        };
        let (values, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|(name, _)| belongs(name));
        left = others;
        let validator = Validator::new(&parameter.schema, &described.components);
        match readings(&parameter.name, &values) {
            None if parameter.required => problems.push(format!("the query has no {}", parameter.name)),
            Some(readings) if readings.iter().all(|reading| validator.problem(reading).is_some()) => {
                problems.push(format!("the query's {} does not match the document: {values:?}", parameter.name));
            }
            _ => {}
        }
    }
    problems.extend(left.iter().map(|(name, _)| format!("the document has no query parameter {name}")));
    problems
}

/// The possible readings of a parameter's values by a server: text, a number or a flag, a list, an object.
fn readings(name: &str, values: &[(String, String)]) -> Option<Vec<Value>> {
    let texts: Vec<Value> = values.iter().map(|(_, value)| value.as_str().into()).collect();
    let object = values.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    match values {
        [] => None,
        _ if name == "search_params" => Some(vec![Value::Object(object)]),
        [(_, one)] => {
            Some([texts[0].clone(), texts.into()].into_iter().chain(serde_json::from_str(one).ok()).collect())
        }
        _ => Some(vec![texts.into()]),
    }
}

fn body_problem(described: &Described, body: &Content) -> Option<String> {
    let required = described.operation["requestBody"]["required"] == true;
    let (kind, value) = match body {
        Content::None => return required.then(|| "the body is missing".to_owned()),
        Content::Json(body) => (JSON, body.clone()),
        Content::Form(pairs) => {
            (FORM, Value::Object(pairs.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()))
        }
        // The document describes files as text.
        Content::Multipart(parts) => {
            (MULTIPART, Value::Object(parts.iter().map(|part| (part.name.clone(), "bytes".into())).collect()))
        }
        Content::Raw => return Some("the body does not match its content type".to_owned()),
    };
    match described.body(kind) {
        None => Some(format!("the document has no body with content type {kind}")),
        Some(schema) => Validator::new(schema, &described.components).problem(&value),
    }
}
