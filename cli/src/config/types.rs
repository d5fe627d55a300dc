//! The types of members in files.

use serde_json::Value;

use super::members::{Form, Known, Member, exactly};
use super::yaml::{Content, Node};

/// Returns what is wrong with the type of a value at a place where the kind has these members. Does not look below the
/// value. Null removes any member.
pub(super) fn wrong(members: &[Member], place: &[String], here: &Known, node: &Node) -> Option<String> {
    let steps = place.iter().map(String::as_str);
    let expected = match here {
        Known::Nothing => return None,
        Known::Anything => exactly(members, steps)?.form,
        // The items of a list, or members with any names.
        Known::Members(names) if *names == ["*"] && exactly(members, steps.chain(["*"])).is_none() => Form::List,
        Known::Members(_) => Form::Object,
    };
    if node.is_null() {
        return None;
    }
    if fits(expected, &node.content) {
        return unknown_value(members, place, node);
    }
    let name: Vec<&str> = place.iter().map(String::as_str).filter(|step| *step != "*").collect();
    let hint = match &node.content {
        Content::Scalar(Value::String(text)) if text.contains("${env:") => "; a variable is a text",
        Content::Scalar(Value::Number(_) | Value::Bool(_)) if expected == Form::Text => "; write it in quotes",
        _ => "",
    };
    Some(format!("`{}` must be {}{hint}", name.join("."), expected.called()))
}

/// Returns what is wrong with a text that its member cannot have.
fn unknown_value(members: &[Member], place: &[String], node: &Node) -> Option<String> {
    let Content::Scalar(Value::String(text)) = &node.content else { return None };
    let member = exactly(members, place.iter().map(String::as_str))?;
    let is_known = member.values.is_empty() || member.values.contains(&text.as_str()) || text.contains("${env:");
    (!is_known).then(|| format!("`{}` must be one of {}", member.path, member.values.join(", ")))
}

fn fits(form: Form, content: &Content) -> bool {
    let is_text = |content: &Content| matches!(content, Content::Scalar(Value::String(_)));
    match (form, content) {
        (Form::Any, _) | (Form::List, Content::List(_)) | (Form::Object, Content::Object(_)) => true,
        (Form::Text, content) => is_text(content),
        (Form::Flag, Content::Scalar(value)) => value.is_boolean(),
        (Form::Number, Content::Scalar(value)) => value.is_number(),
        (Form::Texts, Content::List(items)) => items.iter().all(|item| is_text(&item.content)),
        _ => false,
    }
}
