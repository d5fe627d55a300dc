//! Every answer in the API documents decodes, in every variant, and encodes back to the same JSON.

use logto_admin::transport::HttpResponse;

use super::sample::samples;
use super::validator::Validator;
use super::{Documents, Loosened};
use crate::dispatch::OPERATIONS;
use crate::failures::Failures;
use crate::recordings::compare::differences;
use crate::typed::Written;

#[test]
fn every_documented_answer_decodes_and_encodes_back_to_the_same_json() {
    let (documents, loosened) = (Documents::load(), Loosened::load());
    let mut failures = Failures::new();
    for typed in OPERATIONS {
        let described = &documents.operations[typed.id];
        let Some((status, schema)) = described.success() else { continue };
        failures.checked();
        let validator = Validator::new(schema, &described.components);
        for sample in samples(schema, &described.components) {
            if let Some(problem) = validator.problem(&sample) {
                failures.add(typed.id, format!("the sample does not match the document: {problem}: {sample}"));
            }
            match (typed.read)(&HttpResponse::json(status, sample.to_string())) {
                Err(error) => failures.add(typed.id, format!("{error}: {sample}")),
                Ok(Written { json: encoded, .. }) => {
                    let found = differences(&sample, &encoded);
                    let lost = found.into_iter().filter(|found| !loosened.excuses(typed.id, &sample, found));
                    lost.for_each(|difference| failures.add(typed.id, difference));
                }
            }
        }
    }
    failures.settle("answers");
}
