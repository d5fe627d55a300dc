//! Reads an answer: whether it is a success, and the value of its body. Finds where JSON does not match.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use super::{Answer, AnswerContext, AnyJson, Items, Json, Nothing, OptionalJson, Page, Redirect, Text, list};
use crate::error::{Error, ErrorKind, Result, hint};
use crate::transport::{self, HttpResponse};
use crate::types::support::decode as in_two_passes;
use crate::types::{read_json, without_text};

/// The answers that an operation can have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    /// The documented success statuses. Empty if unknown.
    pub success: &'static [u16],
    /// Whether a redirect is a success.
    pub redirect: bool,
    /// Whether a web page is a success.
    pub page: bool,
    /// Whether a success has a body.
    pub body: bool,
    /// Whether undocumented successes are errors.
    pub strict: bool,
}

/// Returns an error unless the answer is a success.
pub(crate) fn check(answer: &transport::Answer, response: &HttpResponse, expected: Expected) -> Result<()> {
    let redirect = (300..400).contains(&answer.status) && expected.redirect;
    if !(answer.is_success() || redirect || expected.success.contains(&answer.status)) {
        return Err(response.annotate(answer.api_error()));
    }
    if answer.is_html && !expected.page && !response.body.is_empty() {
        // The request reached something other than the API and had no effect.
        return Err(decode_error("the response is a web page", None, response));
    }
    match undocumented(response, expected) {
        Some(problem) => Err(decode_error(problem, None, response)),
        None => Ok(()),
    }
}

/// Returns what strict mode rejects in a success.
fn undocumented(response: &HttpResponse, expected: Expected) -> Option<String> {
    if !expected.strict {
        return None;
    }
    if !expected.success.is_empty() && !expected.success.contains(&response.status) {
        return Some(format!("status {} is not documented for this operation (strict mode)", response.status));
    }
    // A documented 204 never has a body.
    let is_missing = expected.body && response.status != 204 && response.body.is_empty();
    is_missing.then(|| "the documented body is missing (strict mode)".to_owned())
}

impl<T: DeserializeOwned + 'static> Answer for Json<T> {
    type Output = T;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<T> {
        whole(response)
    }
}

impl<T: DeserializeOwned + 'static> Answer for OptionalJson<T> {
    type Output = Option<T>;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<Option<T>> {
        // Older servers answer some operations with a word.
        let is_text = response.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/plain"));
        if response.body.is_empty() || is_text { Ok(None) } else { whole(response).map(Some) }
    }
}

impl<T: DeserializeOwned + 'static> Answer for Items<T> {
    type Output = Page<T>;

    fn read(response: &HttpResponse, context: &AnswerContext) -> Result<Page<T>> {
        let mut page = Page::new(&response.headers, context.paged);
        page.items = match context.items_at {
            None => list_of(response, page.expected())?,
            Some(name) => member(response, name)?,
        };
        Ok(page)
    }
}

impl Answer for Text {
    type Output = String;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<String> {
        Ok(response.body.text())
    }
}

impl Answer for Nothing {
    type Output = ();

    fn read(_: &HttpResponse, _: &AnswerContext) -> Result<()> {
        Ok(())
    }
}

impl Answer for Redirect {
    type Output = String;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<String> {
        let target = response.headers.get("location").map(str::to_owned);
        target.ok_or_else(|| response.annotate(Error::new(ErrorKind::Decode, "the redirect has no `location`")))
    }
}

impl Answer for AnyJson {
    type Output = serde_json::Value;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<serde_json::Value> {
        let json = response.headers.get("content-type").is_some_and(|kind| kind.contains("json"));
        match response.headers.get("location").filter(|_| (300..400).contains(&response.status)) {
            Some(target) => Ok(target.into()),
            None if response.body.is_empty() => Ok(serde_json::Value::Null),
            None if json => whole(response),
            None => Ok(response.body.text().into()),
        }
    }
}

/// Decodes the whole body.
fn whole<T: DeserializeOwned>(response: &HttpResponse) -> Result<T> {
    let bytes = response.body.bytes();
    let decoded = in_two_passes(|| read_json(&bytes, |deserializer| T::deserialize(deserializer)));
    decoded.map_err(|error| undecodable::<T>(&bytes, &error, response))
}

/// Decodes the body as a list of about this many items.
fn list_of<T: DeserializeOwned>(response: &HttpResponse, expected: usize) -> Result<Vec<T>> {
    let bytes = response.body.bytes();
    let list = in_two_passes(|| read_json(&bytes, |deserializer| list::deserialize(deserializer, expected)));
    list.map_err(|error| undecodable::<Vec<T>>(&bytes, &error, response))
}

/// Decodes one member of the body.
fn member<T: DeserializeOwned>(response: &HttpResponse, member: &'static str) -> Result<T> {
    let mut object: crate::types::JsonObject = whole(response)?;
    let Some(value) = object.remove(member) else {
        return Err(decode_error(format!("missing member `{member}`"), Some(member.to_owned()), response));
    };
    let decoded = serde_path_to_error::deserialize(value);
    decoded.map_err(|error| {
        let path = format!("{member}{}", failing(&error).trim_start_matches('.'));
        decode_error(without_text(&error.into_inner()), Some(path), response)
    })
}

/// Decodes again, slowly, to find the path of the failure.
fn undecodable<T: DeserializeOwned>(json: &[u8], error: &serde_json::Error, response: &HttpResponse) -> Error {
    let path = RefCell::new(None);
    let _ = read_json(json, |deserializer| {
        let decoded = serde_path_to_error::deserialize::<_, T>(deserializer);
        decoded.map_err(|error| {
            path.replace(Some(failing(&error)));
            error.into_inner()
        })
    });
    let path = path.into_inner();
    decode_error(without_text(error), path, response)
}

fn decode_error(message: impl Into<String>, path: Option<String>, response: &HttpResponse) -> Error {
    let error = response.annotate(Error::new(ErrorKind::Decode, message));
    error.with_decode_path(path).with_hint(hint::decode(response.is_html()))
}

/// Returns the path of the failing member. For a missing member serde reports the path of its object.
fn failing(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((member, _)) if path == "." => member.to_owned(),
        Some((member, _)) => format!("{path}.{member}"),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Deserializer};

    use super::*;
    use crate::transport::Body;
    use crate::types::support::is_strict;

    struct Strict(bool);

    impl<'de> Deserialize<'de> for Strict {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
            serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self(is_strict()))
        }
    }

    #[test]
    fn answers_are_decoded_strictly_first() {
        let mut response = HttpResponse::new(200);
        response.body = Body::from("[1]");
        assert!(whole::<Strict>(&response).unwrap().0);
        assert!(list_of::<Strict>(&response, 1).unwrap().iter().all(|item| item.0));
    }
}
