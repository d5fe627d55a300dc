//! What a call gives back.

use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::Paged;
use crate::error::{Error, Result};
use crate::items;
use crate::page::Page;
use crate::transport::{Headers, HttpResponse};
use crate::types::support::decode;

/// An answer in detail: status and headers beside the parsed answer or the API's error.
///
/// Failures without an answer (no connection, no token, bad input) are errors of the call itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Headers,
    /// How often the request was sent.
    pub attempts: u32,
    /// The parsed answer, or the error that the API gave or that reading the answer gave.
    pub result: Result<T>,
}

impl<T> Response<T> {
    /// The id that Logto gave the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("logto-core-request-id")
    }

    /// The answer's tag, for `if_none_match` of a later request.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.headers.get("etag")
    }

    /// The parsed answer or the error.
    ///
    /// # Errors
    /// The API's error, or a decode error.
    pub fn into_result(self) -> Result<T> {
        self.result
    }
}

/// The answer to a request that named a version it has already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conditional<T> {
    /// Nothing has changed.
    NotModified,
    /// There is something newer.
    Modified {
        /// The answer.
        value: T,
        /// Its tag, for the next time.
        etag: Option<String>,
    },
}

/// Reads the answer of an operation.
pub trait Answer: 'static {
    /// What it makes of it.
    type Output;

    /// Reads a success.
    ///
    /// # Errors
    /// A decode error, if the answer does not have the shape it should have.
    fn read(response: &HttpResponse, context: &AnswerContext) -> Result<Self::Output>;
}

/// What reading an answer needs to know of its request.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerContext {
    pub(crate) paged: Paged,
}

/// JSON.
#[derive(Debug)]
pub struct Json<T>(PhantomData<T>);

/// JSON, or nothing.
#[derive(Debug)]
pub struct OptionalJson<T>(PhantomData<T>);

/// A list in pages.
#[derive(Debug)]
pub struct Items<Op>(PhantomData<Op>);

/// Text of any kind.
#[derive(Debug)]
pub struct Text;

/// Nothing that is of interest.
#[derive(Debug)]
pub struct Nothing;

/// A redirect; its target is the answer.
#[derive(Debug)]
pub struct Redirect;

/// Whatever it is, as JSON: text becomes a string, nothing null.
#[derive(Debug)]
pub struct AnyJson;

impl<T: DeserializeOwned + 'static> Answer for Json<T> {
    type Output = T;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<T> {
        decode_json(response)
    }
}

impl<T: DeserializeOwned + 'static> Answer for OptionalJson<T> {
    type Output = Option<T>;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<Option<T>> {
        if response.body.is_empty() { Ok(None) } else { decode_json(response).map(Some) }
    }
}

impl<Op> Answer for Items<Op>
where
    Op: crate::operation::ListOperation,
    Op::Item: DeserializeOwned,
{
    type Output = Page<Op::Item>;

    fn read(response: &HttpResponse, context: &AnswerContext) -> Result<Page<Op::Item>> {
        let mut page = Page::new(&response.headers, context.paged);
        page.items = match Op::ITEMS_AT {
            None => decode_list(response, page.expected())?,
            Some(member) => decode_member(response, member)?,
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
        target.ok_or_else(|| Error::decode("a redirect without a `location`", None, response))
    }
}

impl Answer for AnyJson {
    type Output = serde_json::Value;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<serde_json::Value> {
        let json = response.headers.get("content-type").is_some_and(|kind| kind.contains("json"));
        match response.headers.get("location").filter(|_| (300..400).contains(&response.status)) {
            Some(target) => Ok(target.into()),
            None if response.body.is_empty() => Ok(serde_json::Value::Null),
            None if json => decode_json(response),
            None => Ok(response.body.text().into()),
        }
    }
}

/// Decodes the whole body.
fn decode_json<T: DeserializeOwned>(response: &HttpResponse) -> Result<T> {
    let bytes = response.body.bytes();
    decode(|| serde_json::from_slice(&bytes)).map_err(|error| undecodable::<T>(&bytes, &error, response))
}

/// Decodes the whole body, which is a list of about this many items.
fn decode_list<T: DeserializeOwned>(response: &HttpResponse, expected: usize) -> Result<Vec<T>> {
    let bytes = response.body.bytes();
    let list = decode(|| items::from_slice(&bytes, expected));
    list.map_err(|error| undecodable::<Vec<T>>(&bytes, &error, response))
}

/// Decodes one member of the body, and ignores the others.
fn decode_member<T: DeserializeOwned>(response: &HttpResponse, member: &'static str) -> Result<T> {
    let mut object: crate::types::JsonObject = decode_json(response)?;
    let value = object.remove(member);
    let value =
        value.ok_or_else(|| Error::decode(format!("missing member `{member}`"), Some(member.to_owned()), response))?;
    let decoded = serde_path_to_error::deserialize(value);
    decoded.map_err(|error| {
        let path = format!("{member}{}", failing(&error).trim_start_matches('.'));
        Error::decode(without_text(&error.into_inner()), Some(path), response)
    })
}

/// Decodes once more, slowly, to tell where it fails.
fn undecodable<T: DeserializeOwned>(bytes: &Bytes, error: &serde_json::Error, response: &HttpResponse) -> Error {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let path = serde_path_to_error::deserialize::<_, T>(&mut deserializer).err().map(|error| failing(&error));
    Error::decode(without_text(error), path, response)
}

/// What serde says, without the text that it did not expect and repeats: it may be a secret.
fn without_text(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let parts = message.split_once("string \"").and_then(|(head, rest)| Some((head, rest.rsplit_once("\", ")?.1)));
    parts.map(|(head, expected)| format!("{head}a string, {expected}")).unwrap_or(message)
}

/// The path of the failing member. Of one that is missing serde names the object that lacks it.
fn failing(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = error.path().to_string();
    let message = error.inner().to_string();
    match message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
        Some((member, _)) if path == "." => member.to_owned(),
        Some((member, _)) => format!("{path}.{member}"),
        None => path,
    }
}
