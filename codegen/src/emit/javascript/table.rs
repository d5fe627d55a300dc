//! Generates a group's table, which `request/operation.ts` reads. It is short because it is part of every bundle.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;

use crate::emit::answers::paged_item;
use crate::model::Uses;
use crate::operations::{AnswerKind, Authentication, BodyKind, Operation, PAGE_PARAMETERS, Paging};
use crate::release::Release;

/// The name of a method, and its operation.
pub type Row<'a> = (String, &'a Operation, &'a Uses);

/// Returns the table. The first line is `Noun /path`. The noun is the word that most ids have between the two parts of
/// the method's name. The path is the common beginning of all paths. One line per operation follows, the oldest
/// first. A line with only a number is the release that introduced the operations after it.
pub fn table(rows: &[Row<'_>]) -> String {
    let noun = usual_noun(rows);
    let mut paths = rows.iter().map(|(_, operation, _)| operation.path.as_str());
    let first = paths.next().unwrap_or_default();
    let common = paths.fold(first, common_beginning);
    let mut table = format!("{noun} {common}\n");
    let mut release = Release::OLDEST;
    let mut by_release: Vec<_> = rows.iter().collect();
    by_release.sort_by_key(|(_, operation, _)| operation.since);
    for (name, operation, uses) in by_release {
        if operation.since != release {
            release = operation.since;
            table += &format!("{}\n", minor(release));
        }
        let path = operation.path.strip_prefix(common).unwrap_or_default();
        table += path;
        table.push(verb(&operation.method));
        table += &[flags(operation, uses), names(name, &operation.id, noun), words(operation)].join(" ");
        table.truncate(table.trim_end().len());
        table.push('\n');
    }
    table
}

/// Returns the method's name. Adds the operation's id if the name does not imply it.
fn names(name: &str, id: &str, noun: &str) -> String {
    if noun_of(name, id) == Some(noun) { name.to_owned() } else { format!("{name};{id}") }
}

/// Returns the last words of a line: `@items`, `!required`, `#status`.
fn words(operation: &Operation) -> String {
    let items = operation.items_at.iter().map(|member| format!("@{member}"));
    let required = operation.query_parameters.iter().filter(|input| input.required);
    let required = required.map(|input| format!("!{}", input.name));
    let success = operation.success.iter().filter(|_| !has_usual_success(operation));
    items.chain(required).chain(success.map(|status| format!("#{status}"))).collect::<Vec<_>>().join(" ")
}

/// Whether the success of an operation has the status that follows from its flags.
fn has_usual_success(operation: &Operation) -> bool {
    let usual = match operation.answer.kind {
        AnswerKind::None => 204,
        AnswerKind::Redirect => 302,
        _ => 200,
    };
    operation.success == [usual] || operation.success == [201]
}

fn common_beginning<'a>(one: &'a str, other: &str) -> &'a str {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    one.get(..same).unwrap_or_default()
}

/// Returns the sign of an HTTP method, a character that no path contains.
fn verb(method: &str) -> char {
    match method {
        "POST" => '+',
        "PUT" => '=',
        "PATCH" => '~',
        "DELETE" => '$',
        _ => '*',
    }
}

/// Returns the noun of most operations. Of equally common nouns, the first in the alphabet wins.
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

/// Returns the noun that only the id has. Example: `User` for `listRoles` and `ListUserRoles`.
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
        AnswerKind::None => Some('v'),
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
    let created = (operation.success == [201]).then_some('c');
    let removed = operation.until.is_some().then_some('d');
    [body, query, paging, answer, caller, idempotent, created, removed].into_iter().flatten().collect()
}

/// Returns the minor version of a release. The one after 1.42 counts as 1.43.
fn minor(release: Release) -> u16 {
    match release {
        Release::NEXT => Release::EMULATED.minor() + 1,
        release => release.minor(),
    }
}

/// Whether a method has a query argument.
pub fn has_query(operation: &Operation) -> bool {
    operation.searchable || operation.paging != Paging::None || own_query(operation).next().is_some()
}

/// Returns the indices of the query parameters, except those for pages and search.
pub fn own_query(operation: &Operation) -> impl Iterator<Item = usize> {
    let own = operation.query_parameters.iter().enumerate();
    own.filter(|(_, input)| !PAGE_PARAMETERS.contains(&input.name.as_str())).map(|(index, _)| index)
}
