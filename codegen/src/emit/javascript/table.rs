//! Lines of a group's table, which `operation.ts` reads.

use crate::emit::answers::paged_item;
use crate::model::Uses;
use crate::operations::{AnswerKind, Authentication, BodyKind, Operation, PAGE_PARAMETERS, Paging};

/// `name Id METHOD /path flags @items !required`.
pub fn line(name: &str, operation: &Operation, uses: &Uses) -> String {
    let mut words = vec![name.to_owned(), operation.id.clone(), operation.method.clone(), operation.path.clone()];
    let required: Vec<&str> =
        operation.query_parameters.iter().filter(|input| input.required).map(|input| input.name.as_str()).collect();
    words.push(flags(operation, uses));
    words.extend(operation.items_at.iter().map(|member| format!("@{member}")));
    words.extend(required.iter().map(|name| format!("!{name}")));
    words.join(" ").trim_end().to_owned()
}

fn flags(operation: &Operation, uses: &Uses) -> String {
    let body = operation.body.as_ref().map(|body| match (body.kind, body.required) {
        (BodyKind::Json, true) => 'j',
        (BodyKind::Json, false) => 'J',
        (BodyKind::Form, _) => 'f',
        (BodyKind::Multipart, _) => 'x',
    });
    let paging = match operation.paging {
        _ if paged_item(operation, uses).is_none() => None,
        Paging::Always => Some('p'),
        Paging::OnRequest => Some('o'),
        Paging::None => None,
    };
    let answer = match operation.answer.kind {
        AnswerKind::Json => None,
        AnswerKind::None => Some('0'),
        AnswerKind::OptionalJson => Some('?'),
        AnswerKind::Text | AnswerKind::Xml | AnswerKind::Html => Some('t'),
        AnswerKind::Redirect => Some('r'),
    };
    let caller = match operation.authentication {
        Authentication::Management => None,
        Authentication::User => Some('u'),
        Authentication::Session => Some('s'),
        Authentication::None => Some('n'),
    };
    let idempotent = match (operation.method == "POST", operation.idempotent) {
        (true, true) => Some('i'),
        (false, false) => Some('I'),
        _ => None,
    };
    let query = has_query(operation).then_some('q');
    [body, query, paging, answer, caller, idempotent].into_iter().flatten().collect()
}

/// Whether a method takes a query.
pub fn has_query(operation: &Operation) -> bool {
    operation.searchable || operation.paging != Paging::None || own_query(operation).next().is_some()
}

/// What the query has beside paging and searching.
pub fn own_query(operation: &Operation) -> impl Iterator<Item = usize> {
    let own = operation.query_parameters.iter().enumerate();
    own.filter(|(_, input)| !PAGE_PARAMETERS.contains(&input.name.as_str())).map(|(index, _)| index)
}
