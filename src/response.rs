//! What a call gives back.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::call::Paged;
use crate::decode;
use crate::error::{Error, Result};
use crate::page::Page;
use crate::transport::{Headers, HttpResponse};

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
        decode::whole(response)
    }
}

impl<T: DeserializeOwned + 'static> Answer for OptionalJson<T> {
    type Output = Option<T>;

    fn read(response: &HttpResponse, _: &AnswerContext) -> Result<Option<T>> {
        if response.body.is_empty() { Ok(None) } else { decode::whole(response).map(Some) }
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
            None => decode::list(response, page.expected())?,
            Some(member) => decode::member(response, member)?,
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
            None if json => decode::whole(response),
            None => Ok(response.body.text().into()),
        }
    }
}
