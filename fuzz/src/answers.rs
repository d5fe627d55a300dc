//! Answers of every operation decode, or fail with an error. What decodes is the answer, less members that are unknown.

use std::collections::HashMap;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use logto_admin::operation::{AnswerKind, find};
use logto_admin::transport::HttpResponse;
use serde_json::{Value, json};

use crate::compare::{Difference, differences};
use crate::difference::is_lost_or_same;
use crate::dispatch::OPERATIONS;
use crate::reference::{is_skipped, reference};
use crate::typed::Typed;
use crate::{edits, marker, recordings};

/// Recorded answers by operation.
static ANSWERS: LazyLock<HashMap<&'static str, Vec<&'static Value>>> = LazyLock::new(recordings::answers);

/// The input names an operation and one of its recorded answers, and changes it.
pub fn seeds() -> Vec<Vec<u8>> {
    let numbered = OPERATIONS.iter().zip(0_u16..);
    let variants = |id| ANSWERS.get(id).map_or(1, Vec::len).min(3) as u8;
    numbered.flat_map(|(typed, number)| (0..variants(typed.id)).map(move |variant| input(number, variant))).collect()
}

fn input(number: u16, variant: u8) -> Vec<u8> {
    [number.to_le_bytes().as_slice(), &[variant]].concat()
}

pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let number: u16 = input.arbitrary().unwrap_or_default();
    let typed = &OPERATIONS[usize::from(number) % OPERATIONS.len()];
    let mut answer = sample(typed.id, input.arbitrary().unwrap_or_default());
    edits::edit(&mut answer, &mut input);
    hides_texts_in_errors(typed, answer.clone());
    let text = edits::damaged(&answer, data);
    if matches!(find(typed.id).map(|info| info.answer), Some(AnswerKind::Json | AnswerKind::OptionalJson)) {
        reads_the_answer(typed, text);
    } else {
        let _ = (typed.read)(&HttpResponse::new(200).body(text));
    }
}

fn sample(id: &str, variant: u8) -> Value {
    let answers = ANSWERS.get(id).map(Vec::as_slice).unwrap_or_default();
    match answers {
        [] => json!({}),
        answers => answers[usize::from(variant) % answers.len()].clone(),
    }
}

/// Errors contain names, but no values.
fn hides_texts_in_errors(typed: &Typed, answer: Value) {
    if let Some(text) = marker::marked(answer)
        && let Err(error) = (typed.read)(&HttpResponse::json(200, text))
    {
        marker::hidden(&error);
    }
}

/// A decoded answer encodes to the same JSON, except that models drop unknown members and have null for absent ones.
fn reads_the_answer(typed: &Typed, text: Vec<u8>) {
    let response = |text: Vec<u8>| HttpResponse::json(200, "").body(text);
    let Ok(decoded) = (typed.read)(&response(text.clone())) else { return };
    let Some(value) = reference(&text) else {
        assert!(is_skipped(&text), "decoded what is not JSON: {}", String::from_utf8_lossy(&text));
        return;
    };
    for difference in differences(&value, &decoded.json) {
        let is_null = decoded.json.pointer(&difference.pointer).is_some_and(Value::is_null);
        let is_kept = value.is_null() || is_lost_or_same(&difference) || is_constant(&difference) || is_null;
        assert!(is_kept, "{}: {difference}: {value} changed to {}", typed.id, decoded.json);
    }
    let again = (typed.read)(&response(decoded.json.to_string().into_bytes())).expect("what was encoded decodes");
    assert_eq!(again.json, decoded.json, "{}", typed.id);
}

/// Whether a difference is that of a member whose only documented value is constant. Models have no field for it.
fn is_constant(difference: &Difference) -> bool {
    difference.pointer.ends_with("/type") || difference.pointer.ends_with("/kind")
}
