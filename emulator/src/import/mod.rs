//! Imports entities from a description, such as the seed file of the program.

mod entity;
mod references;
mod sections;
mod strict;

use std::fmt;

use logto_admin::operation::find;
use logto_admin::serde_json::{self, Value};
use logto_admin::transport::HttpRequest;

use crate::document::schema::Contract;
use crate::handling;
use crate::record::Members;
use crate::state::State;
use sections::{SECTIONS, Section, Shape};

/// Error in imported data: the place of the fault, and its description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    place: String,
    message: String,
}

impl ImportError {
    /// Returns the place of the fault, such as `users[2].username`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.place, self.message) }
    }
}

impl std::error::Error for ImportError {}

type Imported<T> = Result<T, ImportError>;

/// A place in the data.
#[derive(Clone, Debug, Default)]
struct Place(String);

impl Place {
    fn member(&self, name: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{name}", self.0))
    }

    fn element(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    fn error(&self, message: impl Into<String>) -> ImportError {
        ImportError { place: self.0.clone(), message: message.into() }
    }

    fn object<'v>(&self, value: &'v Value) -> Imported<&'v Members> {
        value.as_object().ok_or_else(|| self.error("expected an object"))
    }

    fn list<'v>(&self, value: &'v Value) -> Imported<&'v Vec<Value>> {
        value.as_array().ok_or_else(|| self.error("expected a list"))
    }

    fn text<'v>(&self, value: &'v Value) -> Imported<&'v str> {
        value.as_str().ok_or_else(|| self.error("expected a string"))
    }
}

/// Creates everything that the data describes.
pub(crate) fn import(data: &Value, state: &mut State) -> Imported<()> {
    let top = Place::default();
    let members = top.object(data)?;
    let known = |name: &str| SECTIONS.iter().any(|section| section.name == name);
    if let Some(name) = members.keys().find(|name| !known(name)) {
        return Err(strict::unknown(&top.member(name), SECTIONS.iter().map(|section| section.name)));
    }
    for section in SECTIONS {
        if let Some(value) = members.get(section.name).filter(|value| !value.is_null()) {
            import_section(section, value, state, &top.member(section.name))?;
        }
    }
    Ok(())
}

fn import_section(section: &Section, value: &Value, state: &mut State, place: &Place) -> Imported<()> {
    match section.shape {
        Shape::List => {
            for (index, entity) in place.list(value)?.iter().enumerate() {
                entity::create(section, entity, state, &place.element(index))?;
            }
        }
        Shape::One => {
            perform(state, section.operation, &[], place.object(value)?, place)?;
        }
        Shape::Map => {
            for (key, body) in place.object(value)? {
                let place = place.member(key);
                perform(state, section.operation, &[key], place.object(body)?, &place)?;
            }
        }
        Shape::Member(member) => {
            let body = Members::from_iter([(member.to_owned(), place.list(value)?.clone().into())]);
            perform(state, section.operation, &[], &body, place)?;
        }
    }
    Ok(())
}

/// Performs an operation as a caller with every permission, and returns the body of the response.
fn perform(state: &mut State, operation: &str, path: &[&str], body: &Members, place: &Place) -> Imported<Value> {
    let info = find(operation).ok_or_else(|| place.error(format!("unknown operation {operation}")))?;
    let body = Value::Object(body.clone());
    if let Some(schema) = Contract::of(info).body() {
        strict::check(schema, &body, place)?;
    }
    let mut url = format!("http://emulator.localhost{}", info.path);
    for (name, value) in info.path_parameters.iter().zip(path) {
        let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string();
        url = url.replace(&format!("{{{name}}}"), &value);
    }
    let mut request = HttpRequest::new(info.method, url);
    request.body = body.to_string().into();
    let response = handling::trusted(&request, state);
    let answer: Value = serde_json::from_slice(&response.body.bytes()).unwrap_or_default();
    if response.is_success() { Ok(answer) } else { Err(refused(response.status, &answer, place)) }
}

/// Converts an error response. Its first issue has the place of the fault.
fn refused(status: u16, answer: &Value, place: &Place) -> ImportError {
    let issue = answer.pointer("/data/issues/0");
    let steps = issue.and_then(|issue| issue.get("path")?.as_array()).into_iter().flatten();
    let place = steps.fold(place.clone(), |place, step| match (step.as_str(), step.as_u64()) {
        (Some(name), _) => place.member(name),
        (_, Some(index)) => place.element(index as usize),
        _ => place,
    });
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = text(issue.and_then(|issue| issue.get("message")));
    if !message.is_empty() {
        return place.error(message);
    }
    let (code, message) = (text(answer.get("code")), text(answer.get("message")));
    match (code.is_empty(), message.is_empty()) {
        (false, _) => place.error(format!("{message} ({code})")),
        (true, false) => place.error(message),
        (true, true) => place.error(format!("the operation failed with status {status}")),
    }
}
