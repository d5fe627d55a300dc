//! A group's table, which `operation.ts` reads: short, as every bundle carries it.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;

use crate::emit::answers::paged_item;
use crate::model::Uses;
use crate::operations::{AnswerKind, Authentication, BodyKind, Operation, PAGE_PARAMETERS, Paging};

/// A method's name with its operation.
pub type Row<'a> = (String, &'a Operation, &'a Uses);

/// `Noun /path`: what most ids have between the two parts of the method's name, and what all paths begin with. Then a line for each operation.
pub fn table(rows: &[Row<'_>]) -> String {
    let noun = usual_noun(rows);
    let mut paths = rows.iter().map(|(_, operation, _)| operation.path.as_str());
    let first = paths.next().unwrap_or_default();
    let common = paths.fold(first, common_beginning);
    let lines = rows.iter().map(|row| line(row, noun, common));
    std::iter::once(format!("{noun} {common}")).chain(lines).map(|line| line + "\n").collect()
}

/// `rest/of/path*flags name @items !required`; a name is followed by `:noun` if that is not the usual one, or `;Id`.
fn line((name, operation, uses): &Row<'_>, noun: &str, common: &str) -> String {
    let path = operation.path.strip_prefix(common).unwrap_or_default();
    let id = match noun_of(name, &operation.id) {
        Some(own) if own == noun => String::new(),
        Some(own) => format!(":{own}"),
        None => format!(";{}", operation.id),
    };
    let mut words = vec![format!("{path}{}{}", verb(&operation.method), flags(operation, uses)), format!("{name}{id}")];
    words.extend(operation.items_at.iter().map(|member| format!("@{member}")));
    let required = operation.query_parameters.iter().filter(|input| input.required);
    words.extend(required.map(|input| format!("!{}", input.name)));
    words.join(" ")
}

fn common_beginning<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    one.get(..same).unwrap_or_default()
}

/// Marks that no path has.
fn verb(method: &str) -> char {
    match method {
        "POST" => '+',
        "PUT" => '=',
        "PATCH" => '~',
        "DELETE" => '$',
        _ => '*',
    }
}

/// The noun of most operations; of two the one that comes first in the alphabet.
fn usual_noun<'a>(rows: &[Row<'a>]) -> &'a str {
    let mut counts = BTreeMap::new();
    for (name, operation, _) in rows {
        if let Some(noun) = noun_of(name, &operation.id) {
            *counts.entry(noun).or_insert(0) += 1;
        }
    }
    let most = counts.values().copied().max().unwrap_or_default();
    counts.into_iter().find(|(_, count)| *count == most).map_or("", |(noun, _)| noun)
}

/// `User` of `listRoles` and `ListUserRoles`.
fn noun_of<'a>(name: &str, id: &'a str) -> Option<&'a str> {
    let (verb, rest) = name.split_at(name.find(|letter: char| letter.is_ascii_uppercase()).unwrap_or(name.len()));
    id.strip_prefix(&verb.to_upper_camel_case())?.strip_suffix(rest)
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
