//! Combines the answers of several statuses, and finds lists within answers.

use crate::operations::{Answer, AnswerKind};
use crate::schema::{Kind, Schema};

/// Combines the answers of all success statuses into one.
pub fn combine(answers: Vec<Answer>) -> Result<Answer, &'static str> {
    let mut combined: Option<Answer> = None;
    for answer in answers {
        combined = Some(match combined {
            None => answer,
            Some(other) if other.kind == answer.kind => {
                if other.schema.as_ref().map(Schema::signature) != answer.schema.as_ref().map(Schema::signature) {
                    return Err("success responses with different schemas");
                }
                other
            }
            Some(other) => match (other.kind, answer.kind) {
                (AnswerKind::Json, AnswerKind::None) | (AnswerKind::OptionalJson, AnswerKind::None) => {
                    Answer { kind: AnswerKind::OptionalJson, ..other }
                }
                (AnswerKind::None, AnswerKind::Json) => Answer { kind: AnswerKind::OptionalJson, ..answer },
                (AnswerKind::Text, AnswerKind::None) => other,
                (AnswerKind::None, AnswerKind::Text) => answer,
                _ => return Err("success responses of different kinds"),
            },
        });
    }
    combined.ok_or("no success response")
}

/// Returns the schema of `member` if it is the only member of the answer.
pub fn items(schema: Option<&Schema>, member: &str) -> Option<Schema> {
    match &schema?.kind {
        Kind::Object(object) if object.members.len() == 1 => {
            object.members.get(member).map(|member| member.schema.clone())
        }
        _ => None,
    }
}
