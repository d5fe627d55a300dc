//! Documentation of generated items: prose of `spec/`, and facts of the document.

use proc_macro2::TokenStream;
use quote::quote;

use crate::methods::method_name;
use crate::model::{Field, TypeDef};
use crate::pipeline::Plan;
use crate::schema::{Facts, Span};
use crate::words::{pascal, snake};

/// Maximum width of a line of documentation.
const WIDTH: usize = 108;

pub struct Docs<'a> {
    plan: &'a Plan,
}

impl<'a> Docs<'a> {
    pub const fn new(plan: &'a Plan) -> Self {
        Self { plan }
    }

    /// Returns the doc attributes of a text. Names in brackets become links to types, or else to operations.
    pub fn attributes(&self, text: &str) -> TokenStream {
        self.linked(text, |name| self.type_target(name).or_else(|| self.operation_target(name)))
    }

    /// Like `attributes`, for texts about operations. Names in brackets become links to operations, or else to types.
    pub fn operation_attributes(&self, text: &str) -> TokenStream {
        self.linked(text, |name| self.operation_target(name).or_else(|| self.type_target(name)))
    }

    fn linked(&self, text: &str, target: impl Fn(&str) -> Option<String>) -> TokenStream {
        let lines = replace_names(&visible(text), |name| Some(format!("[`{name}`]({})", target(name)?)));
        let lines = lines.lines().flat_map(wrap).collect::<Vec<_>>();
        let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
        quote! { #(#[doc = #lines])* }
    }

    /// Returns a text on one line, without brackets around types and operations.
    pub fn on_one_line(&self, text: &str) -> String {
        let is_known = |name: &str| self.type_target(name).or_else(|| self.operation_target(name)).is_some();
        let text = replace_names(&visible(text), |name| is_known(name).then(|| name.to_owned()));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn type_text(&self, type_def: &TypeDef) -> String {
        let own = || self.plan.settings.docs.types.get(&type_def.name).cloned();
        prose(&type_def.facts).or_else(own).unwrap_or_else(|| self.use_of(type_def))
    }

    pub fn member_text(&self, type_name: &str, field: &Field) -> String {
        let docs = &self.plan.settings.docs;
        let own =
            docs.type_members.get(&format!("{type_name}.{}", field.name)).or_else(|| docs.members.get(&field.name));
        sentences(prose(&field.facts).or_else(|| own.cloned()), &field.name, &field.facts, field.span)
    }

    pub fn parameter_text(&self, operation: &str, name: &str, facts: &Facts, span: Span) -> String {
        let parameters = &self.plan.settings.docs.parameters;
        let own = parameters.get(&format!("{operation}.{name}")).or_else(|| parameters.get(name));
        sentences(prose(facts).or_else(|| own.cloned()), name, facts, span)
    }

    pub fn value_text(&self, type_name: &str, variant: &str, value: &str) -> String {
        let values = &self.plan.settings.docs.values;
        let keys = [format!("{type_name}.{variant}"), format!("{type_name}.{value}"), value.to_owned()];
        keys.iter().find_map(|key| values.get(key)).cloned().unwrap_or_else(|| format!("`{value}`."))
    }

    /// Returns the text of a variant under its own key. Has no fallbacks like `value_text`.
    pub fn variant_text(&self, type_name: &str, variant: &str) -> Option<String> {
        self.plan.settings.docs.values.get(&format!("{type_name}.{variant}")).cloned()
    }

    /// Returns the place where a type is used. It documents types without other texts.
    fn use_of(&self, type_def: &TypeDef) -> String {
        let place = type_def.locations.first().map(String::as_str).unwrap_or_default();
        let (operation, rest) = place.split_once('.').unwrap_or((place, ""));
        let (root, member) = rest.split_once('.').unwrap_or((rest, ""));
        let operation = self
            .operation_target(operation)
            .map_or_else(|| operation.to_owned(), |target| format!("[`{operation}`]({target})"));
        let role = match (root.starts_with("body"), member.rsplit('.').next().unwrap_or_default()) {
            (true, "") => format!("Request body of {operation}."),
            (false, "") => format!("Response of {operation}."),
            (true, member) => format!("`{member}` in the request body of {operation}."),
            (false, member) => format!("`{member}` in the response of {operation}."),
        };
        role.replace("[]`", "`").replace("{}`", "`")
    }

    fn type_target(&self, name: &str) -> Option<String> {
        self.plan.model.types.contains_key(name).then(|| format!("crate::models::{name}"))
    }

    /// Returns the path of an operation's method.
    fn operation_target(&self, name: &str) -> Option<String> {
        let index = self.plan.operations.iter().position(|operation| operation.id == name)?;
        let group = self.plan.groups.of_operation.get(index)?;
        let method = method_name(name, group, &self.plan.settings.names);
        Some(format!("crate::api::{group}::{}::{method}", pascal(group)))
    }
}

/// Replaces names in brackets, such as `[User]` and `[ListUsers]`. Brackets around anything else are unchanged.
fn replace_names(text: &str, replacement: impl Fn(&str) -> Option<String>) -> String {
    let mut linked = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        linked.push_str(before);
        let name = after.split_once(']').filter(|(_, after)| !after.starts_with('('));
        match name.and_then(|(name, after)| Some((after, replacement(name)?))) {
            Some((after, replacement)) => {
                linked.push_str(&replacement);
                rest = after;
            }
            None => {
                linked.push('[');
                rest = after;
            }
        }
    }
    linked + rest
}

/// Returns the document's own prose. Documents from a server have it, the documents in `spec/` do not.
fn prose(facts: &Facts) -> Option<String> {
    facts.description.as_deref().map(plain).filter(|text| !text.is_empty())
}

/// Removes or escapes what rustdoc would treat as a link, an HTML tag or a doctest.
pub fn plain(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("```"));
    lines.collect::<Vec<_>>().join("\n").trim().replace(['[', ']'], "").replace('<', "&lt;")
}

fn sentences(own: Option<String>, name: &str, facts: &Facts, span: Span) -> String {
    let mut text = own.unwrap_or_else(|| {
        let words = snake(name).replace('_', " ");
        let mut letters = words.chars();
        let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
        format!("{first}{}.", letters.as_str())
    });
    let facts = facts_text(facts, &text);
    for part in [span.text().unwrap_or_default(), facts].iter().filter(|part| !part.is_empty()) {
        text.push_str("\n\n");
        text.push_str(part);
    }
    text
}

/// Describes limits, formats and defaults. Omits a format that `said` already mentions.
fn facts_text(facts: &Facts, said: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(range(facts.min_length, facts.max_length, "character"));
    parts.extend(range(facts.min_items, facts.max_items, "element"));
    match (&facts.minimum, &facts.maximum) {
        (Some(minimum), Some(maximum)) => parts.push(format!("From {minimum} to {maximum}.")),
        (Some(minimum), None) => parts.push(format!("At least {minimum}.")),
        (None, Some(maximum)) => parts.push(format!("At most {maximum}.")),
        (None, None) => {}
    }
    parts.extend(facts.pattern.as_deref().map(pattern));
    parts.extend(match facts.format.as_deref() {
        Some("url" | "uri") if !said.contains("URL") => Some("A URL.".to_owned()),
        Some("email") if !said.contains("mail address") => Some("An email address.".to_owned()),
        Some("date-time") => Some("A date and time in RFC 3339 format.".to_owned()),
        _ => None,
    });
    parts.extend(
        facts.default.as_ref().filter(|default| !is_empty(default)).map(|default| format!("Defaults to `{default}`.")),
    );
    if facts.deprecated {
        parts.push("Deprecated.".to_owned());
    }
    parts.join(" ")
}

fn is_empty(value: &serde_json::Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn range(minimum: Option<usize>, maximum: Option<usize>, unit: &str) -> Option<String> {
    let many = |count: usize| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") };
    match (minimum, maximum) {
        (Some(minimum), Some(maximum)) if minimum == maximum => Some(format!("{}.", many(minimum))),
        (Some(0) | None, Some(maximum)) => Some(format!("At most {}.", many(maximum))),
        (Some(minimum), Some(maximum)) => Some(format!("{minimum} to {}.", many(maximum))),
        (Some(minimum), None) if minimum > 0 => Some(format!("At least {}.", many(minimum))),
        _ => None,
    }
}

/// Describes a JavaScript pattern without its slashes. The only flag in use is `i`.
fn pattern(literal: &str) -> String {
    let inner = literal.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match inner {
        Some((pattern, "i")) => format!("Matches `{pattern}`, ignoring case."),
        Some((pattern, _)) => format!("Matches `{pattern}`."),
        None => format!("Matches `{literal}`."),
    }
}

/// Wraps a line at the maximum width. Continuation lines of a list item are indented.
fn wrap(text: &str) -> Vec<String> {
    let indent = if text.starts_with("- ") { "  " } else { "" };
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

/// Returns a text without characters that hide or reorder text. The compiler refuses these.
pub fn visible(text: &str) -> String {
    text.chars().filter(|one| *one == '\n' || !is_hidden(*one)).collect()
}

/// Whether a character can hide or reorder text.
fn is_hidden(one: char) -> bool {
    one.is_control() || matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_formats_and_defaults_are_described() {
        let facts =
            Facts { min_length: Some(1), max_length: Some(128), pattern: Some("/^a/i".into()), ..Facts::default() };
        assert_eq!(facts_text(&facts, ""), "1 to 128 characters. Matches `^a`, ignoring case.");
        let facts = Facts { default: Some(3600.into()), minimum: Some("1".into()), ..Facts::default() };
        assert_eq!(facts_text(&facts, ""), "At least 1. Defaults to `3600`.");
        let facts = Facts { format: Some("url".into()), ..Facts::default() };
        assert_eq!(
            (facts_text(&facts, "The logo."), facts_text(&facts, "URL of the logo.")),
            ("A URL.".into(), String::new())
        );
    }
}
