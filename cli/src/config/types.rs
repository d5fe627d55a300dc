//! The types of members in files.

use serde_json::Value;

use super::entity_members::{Form, Known, Member, exactly, integer};
use super::yaml::{Content, Node};
use crate::suggestion::unknown_value;
use crate::terminal::shown;

/// Problem of a value.
pub(super) struct Problem {
    pub line: u64,
    pub message: String,
    /// Whether the value has a wrong type. The message then has the right one.
    pub is_of_type: bool,
}

/// Returns a text of a file with the values of its variables. Returns `None` if one is not set.
type Resolve<'r> = &'r dyn Fn(&str) -> Option<String>;

/// Returns what is wrong with the type of a value at a place. The kind has these members there. Does not look below the
/// value. Null removes any member.
pub(super) fn wrong(
    members: &[Member],
    place: &[String],
    here: &Known,
    node: &Node,
    resolve: Resolve<'_>,
) -> Option<Problem> {
    let steps = place.iter().map(String::as_str);
    let expected = match here {
        Known::Nothing => return None,
        Known::Anything => exactly(members, steps)?.form,
        // The items of a list, or members with any names.
        Known::Members(names) if *names == ["*"] && exactly(members, steps.chain(["*"])).is_none() => Form::List,
        Known::Members(_) => Form::Object,
    };
    let is_item = place.last().is_some_and(|step| step == "*");
    if node.is_null() && !is_item {
        let member = exactly(members, place.iter().map(String::as_str));
        let reason = match member {
            Some(member) if member.filled => ": the server sets a default then",
            // The items of a list are sent as they are.
            _ if place.iter().any(|step| step == "*") => "; leave it out",
            _ => return None,
        };
        let message = format!("`{}` cannot be null{reason}", named(place.iter().map(String::as_str)));
        return Some(Problem { line: node.line, message, is_of_type: false });
    }
    match misfit(place.iter().map(String::as_str), expected, &node.value()) {
        Some(message) => Some(Problem { line: node.line, message, is_of_type: true }),
        None => wrong_text(exactly(members, place.iter().map(String::as_str))?, node, resolve),
    }
}

/// Returns what is wrong with the type of the value at this path. A text is that of the file, with its variables.
pub(super) fn misfit<'p>(path: impl Iterator<Item = &'p str>, expected: Form, value: &Value) -> Option<String> {
    if fits(expected, value) {
        return None;
    }
    let path: Vec<&str> = path.collect();
    let name = named(path.iter().copied());
    let subject = if path.last() == Some(&"*") { "each item of " } else { "" };
    let hint = match value {
        Value::String(text) if text.contains("${env:") => "; a variable is a text",
        Value::Number(_) | Value::Bool(_) if expected == Form::Text => "; write it in quotes",
        _ => "",
    };
    Some(format!("{subject}`{name}` must be {}{hint}", expected.called()))
}

/// Returns a path as messages have it, without the steps to items of lists.
fn named<'p>(path: impl Iterator<Item = &'p str>) -> String {
    path.filter(|step| *step != "*").collect::<Vec<_>>().join(".")
}

/// Returns why a member cannot have a text or a list of texts. Messages have the text of the file, without values of
/// variables.
fn wrong_text(member: &Member, node: &Node, resolve: Resolve<'_>) -> Option<Problem> {
    match &node.content {
        Content::Scalar(Value::String(source)) => {
            let text = resolve(source)?;
            let is_known = member.values.is_empty() || member.values.contains(&text.as_str());
            let message = if is_known {
                refused(member, &text, source)?
            } else {
                unknown_value(&named(member.path.split('.')), source, member.values)
            };
            Some(Problem { line: node.line, message, is_of_type: false })
        }
        Content::List(items) => items.iter().find_map(|item| wrong_text(member, item, resolve)),
        _ => None,
    }
}

fn refused(member: &Member, text: &str, source: &str) -> Option<String> {
    // The server counts like JavaScript.
    let (count, (min, max)) = (text.encode_utf16().count(), member.length);
    let name = named(member.path.split('.'));
    let wanted = match (min, max) {
        _ if (min..=max).contains(&count) => {
            let reason = (member.refusal)(text)?;
            return Some(format!("`{name}` cannot be `{}`: {reason}", shown(source)));
        }
        (_, usize::MAX) => "must not be empty".to_owned(),
        (0, max) => format!("must have at most {max} characters"),
        (min, max) => format!("must have {min} to {max} characters"),
    };
    Some(format!("`{name}` {wanted}"))
}

fn fits(form: Form, value: &Value) -> bool {
    match (form, value) {
        (Form::Any, _)
        | (Form::List, Value::Array(_))
        | (Form::Object, Value::Object(_))
        | (Form::Text, Value::String(_))
        | (Form::Flag, Value::Bool(_))
        | (Form::Number, Value::Number(_)) => true,
        (Form::Integer, Value::Number(number)) => integer(number).is_some(),
        (Form::NamedTexts, Value::Object(members)) => members.values().all(Value::is_string),
        (Form::Texts, Value::Array(items)) => items.iter().all(Value::is_string),
        _ => false,
    }
}
