//! Requests for values that have changed.

use std::future::IntoFuture;

use super::{Request, RequestFuture};
use crate::error::Result;
use crate::operation::Operation;
use crate::response::Conditional;

impl<Op: Operation> Request<Op> {
    /// Requests the value only if its entity tag differs from `etag`.
    pub fn if_none_match(self, etag: &str) -> ConditionalRequest<Op> {
        ConditionalRequest(self.header("if-none-match", etag))
    }
}

/// A request for a value that has changed. Returns a [`Conditional`] when awaited.
#[derive(Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ConditionalRequest<Op>(Request<Op>);

impl<Op: Operation> ConditionalRequest<Op> {
    async fn send(mut self) -> Result<Conditional<Op::Output>> {
        let exchange = self.0.exchange().await?;
        let response = &exchange.response;
        if response.status == 304 {
            return Ok(Conditional::NotModified);
        }
        let etag = response.headers.get("etag").map(str::to_owned);
        Ok(Conditional::Modified { value: self.0.read(&exchange)?, etag })
    }
}

impl<Op: Operation> IntoFuture for ConditionalRequest<Op> {
    type Output = Result<Conditional<Op::Output>>;
    type IntoFuture = RequestFuture<Conditional<Op::Output>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
