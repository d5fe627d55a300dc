//! Responses: decoding, pages and streams.

mod list;
mod page;
mod read;
mod stream;

use std::marker::PhantomData;

use crate::error::Result;
use crate::transport::{Headers, HttpResponse};

pub use page::Page;
pub(crate) use page::Paged;
pub(crate) use read::{Expected, check};
pub(crate) use stream::Pages;
pub use stream::{ItemStream, PageStream};

/// A response: status, headers, and the decoded value or the error of the API.
///
/// Failures without a response (no connection, no token, invalid input) are errors of the call itself.
#[derive(Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The HTTP status.
    pub status: u16,
    /// The headers, with names in lower case.
    pub headers: Headers,
    /// Number of times that the request was sent.
    pub attempts: u32,
    /// The decoded value, the error of the API, or a decode error.
    pub result: Result<T>,
}

impl<T> Response<T> {
    /// Returns the request id, which Logto's logs contain.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.request_id()
    }

    /// Returns the entity tag, for `if_none_match` of a later request.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.headers.get("etag")
    }

    /// Returns the decoded value or the error.
    ///
    /// # Errors
    /// Fails with the error of the API or a decode error.
    pub fn into_result(self) -> Result<T> {
        self.result
    }
}

/// The response to a conditional request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conditional<T> {
    /// The value has not changed.
    NotModified,
    /// The value has changed.
    Modified {
        /// The value.
        value: T,
        /// Its entity tag, for the next request.
        etag: Option<String>,
    },
}

/// Decodes the answer of an operation.
pub trait Answer: 'static {
    /// The decoded value.
    type Output;

    /// Decodes a success.
    ///
    /// # Errors
    /// Fails with a decode error if the body does not match.
    fn read(response: &HttpResponse, context: &AnswerContext) -> Result<Self::Output>;
}

/// The properties of a request that decoding its answer requires.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnswerContext {
    pub(crate) paged: Paged,
    /// The member that holds the items of a list, if the answer is not the bare list.
    pub(crate) items_at: Option<&'static str>,
}

impl AnswerContext {
    /// Sets the member that holds the items of a list; see
    /// [`OperationInfo::items_at`](crate::operation::OperationInfo::items_at). Default: none.
    #[must_use]
    pub const fn items_at(mut self, member: Option<&'static str>) -> Self {
        self.items_at = member;
        self
    }
}

/// JSON.
#[derive(Debug)]
pub struct Json<T>(PhantomData<T>);

/// JSON or an empty body.
#[derive(Debug)]
pub struct OptionalJson<T>(PhantomData<T>);

/// A list in pages.
#[derive(Debug)]
pub struct Items<T>(PhantomData<T>);

/// Text.
#[derive(Debug)]
pub struct Text;

/// An answer without content of interest.
#[derive(Debug)]
pub struct Nothing;

/// A redirect. Its target is the value.
#[derive(Debug)]
pub struct Redirect;

/// Any answer as JSON: text becomes a string, an empty body null.
#[derive(Debug)]
pub struct AnyJson;
