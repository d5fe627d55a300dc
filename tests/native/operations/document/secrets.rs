//! Models do not show secrets in their debug output.

use logto_admin::transport::HttpResponse;
use serde_json::Value;

use super::sample::samples;
use super::{Described, Documents, JSON};
use crate::dispatch::OPERATIONS;
use crate::failures::Failures;
use crate::recordings::requests::client;
use crate::typed::Typed;

/// Members that are secret if they are text.
const SECRETS: [&str; 16] = [
    "password",
    "passwordDigest",
    "oldPassword",
    "secret",
    "secretQrCode",
    "secretKey",
    "signingKey",
    "token",
    "subjectToken",
    "access_token",
    "accessToken",
    "captchaToken",
    "verificationCode",
    "code",
    "codes",
    "SAMLResponse",
];

/// An operation whose answer has a public `code`, which describes a problem with a password.
const OPEN: &str = "CheckPasswordWithDefaultSignInExperience";

/// Permissions of the account centre. Its fields have the same names as secret members.
const LEVELS: [&str; 3] = ["Off", "ReadOnly", "Edit"];

const SECRET: &str = "s3cret";

#[test]
fn bodies_do_not_show_secrets() {
    let (client, documents) = (client(), Documents::load());
    let mut failures = Failures::new();
    for (typed, described) in operations(documents) {
        let Some(schema) = described.body(JSON) else { continue };
        for body in marked(schema, described) {
            failures.checked();
            let mut input = super::requests::parameters(described, false);
            input.body = Some(body);
            if let Err(problem) = (typed.build)(&client, &mut input) {
                failures.add(typed.id, problem);
            }
            if input.debug.contains(SECRET) {
                failures.add(typed.id, &input.debug);
            }
        }
    }
    failures.settle("bodies with secrets");
}

#[test]
fn answers_do_not_show_secrets() {
    let documents = Documents::load();
    let mut failures = Failures::new();
    for (typed, described) in operations(documents) {
        let Some((status, schema)) = described.success() else { continue };
        for answer in marked(schema, described) {
            failures.checked();
            match (typed.read)(&HttpResponse::json(status, answer.to_string())) {
                Ok(written) if !written.debug.contains(SECRET) => {}
                Ok(written) => failures.add(typed.id, written.debug),
                Err(error) => failures.add(typed.id, error),
            }
        }
    }
    failures.settle("answers with secrets");
}

fn operations(documents: &Documents) -> impl Iterator<Item = (&'static Typed, &Described)> {
    let all = OPERATIONS.iter().filter(|typed| typed.id != OPEN);
    all.map(|typed| (typed, &documents.operations[typed.id]))
}

/// Returns the samples that contain secrets. All secrets are replaced with the same text.
fn marked(schema: &Value, described: &Described) -> Vec<Value> {
    let mut samples = samples(schema, &described.components);
    samples.retain_mut(|sample| mark(sample, false));
    samples
}

/// Replaces all secrets in a value. Returns whether there are any.
fn mark(value: &mut Value, secret: bool) -> bool {
    match value {
        Value::String(text) if secret && !LEVELS.contains(&text.as_str()) => {
            SECRET.clone_into(text);
            true
        }
        Value::Array(values) => values.iter_mut().fold(false, |found, value| mark(value, secret) | found),
        Value::Object(members) => {
            members.iter_mut().fold(false, |found, (name, value)| mark(value, SECRETS.contains(&name.as_str())) | found)
        }
        _ => false,
    }
}
