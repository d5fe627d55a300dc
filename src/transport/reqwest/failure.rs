//! Converts reqwest's errors.

use std::error::Error as StdError;

use ::reqwest::Error;

use crate::transport::{TransportError, TransportErrorKind};

/// Returns the error for a request that failed before the response headers arrived.
pub(super) fn of_request(error: Error) -> TransportError {
    use TransportErrorKind::{Connect, Interrupted, Invalid, Redirect, Timeout};
    // hyper reports `canceled` if it wrote nothing of the request, and `closed` if the connection accepted no request.
    let unwritten = has_cause(&error, |cause: &::hyper::Error| cause.is_canceled() || cause.is_closed());
    let (kind, what) = match () {
        () if error.is_builder() => (Invalid, "invalid request"),
        () if error.is_connect() && is_about_certificates(&error) => (Connect, UNTRUSTED),
        () if error.is_connect() => (Connect, "cannot connect"),
        () if error.is_timeout() => (Timeout, "the timeout of the reqwest client expired"),
        () if error.is_redirect() => (Redirect, "the reqwest client cannot follow a redirect"),
        () if unwritten => (Interrupted, "the connection was closed before the request was written"),
        () => (
            Interrupted,
            "the connection was lost before the response arrived; the server might have processed the request",
        ),
    };
    let lost = explain(kind, what, error);
    if unwritten { lost.with_never_sent(true) } else { lost }
}

/// Returns the error for a response body that could not be read.
pub(super) fn of_body(error: Error) -> TransportError {
    use TransportErrorKind::{Body, Interrupted, Timeout};
    if error.is_timeout() {
        return explain(Timeout, "the timeout of the reqwest client expired", error);
    }
    if has_cause::<::hyper::Error>(&error, |_| true) {
        return explain(Interrupted, "the connection was lost before the whole response arrived", error);
    }
    explain(Body, "cannot decompress the response body", error)
}

const UNTRUSTED: &str = "the server certificate is not trusted, or the server does not trust the client certificate; to trust another authority, use `ReqwestTransport::builder().ca_bundle(..)`";

/// Appends the innermost cause, which describes what happened. The outer ones only describe where. Omits URLs, because
/// queries are private.
fn explain(kind: TransportErrorKind, what: &str, error: Error) -> TransportError {
    let error = error.without_url();
    let message = match causes(&error).last() {
        Some(root) => format!("{what}: {root}"),
        None => format!("{what}: {error}"),
    };
    TransportError::new(kind, message).with_source(error)
}

fn causes(error: &Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn has_cause<E: StdError + 'static>(error: &Error, is_it: impl Fn(&E) -> bool) -> bool {
    causes(error).any(|cause| cause.downcast_ref().is_some_and(&is_it))
}

fn is_about_certificates(error: &Error) -> bool {
    causes(error).any(|cause| cause.to_string().contains("certificate"))
}
