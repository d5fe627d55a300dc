//! What reqwest's errors mean.

use std::error::Error as StdError;

use ::reqwest::Error;

use crate::transport::{TransportError, TransportErrorKind};

/// Of an error before the answer's headers were there.
pub(super) fn of_request(error: Error) -> TransportError {
    use TransportErrorKind::{Connect, Interrupted, Invalid, Redirect, Timeout};
    // hyper says canceled of requests of which it has written nothing, and closed of connections that could take none.
    let unwritten = has_cause(&error, |cause: &::hyper::Error| cause.is_canceled() || cause.is_closed());
    let (kind, what) = match () {
        () if error.is_builder() => (Invalid, "the request cannot be sent"),
        () if error.is_connect() && is_about_certificates(&error) => (Connect, UNTRUSTED),
        () if error.is_connect() => (Connect, "no connection could be made"),
        () if error.is_timeout() => (Timeout, "the time that the reqwest client allows ran out"),
        () if error.is_redirect() => (Redirect, "the reqwest client could not follow a redirect"),
        () if unwritten => (Interrupted, "the connection was closed before the request was written"),
        () => (Interrupted, "the connection broke before the answer came; the request may have been carried out"),
    };
    let lost = explain(kind, what, error);
    if unwritten { lost.with_never_sent(true) } else { lost }
}

/// Of an error while the body was read.
pub(super) fn of_body(error: Error) -> TransportError {
    use TransportErrorKind::{Body, Interrupted, Timeout};
    if error.is_timeout() {
        return explain(Timeout, "the time that the reqwest client allows ran out", error);
    }
    if has_cause::<::hyper::Error>(&error, |_| true) {
        return explain(Interrupted, "the connection broke before the whole answer was there", error);
    }
    explain(Body, "the answer's body cannot be decompressed", error)
}

const UNTRUSTED: &str = "the server's certificate is not trusted, or it does not trust the client's; give the authority's with `ReqwestTransport::builder().ca_bundle(..)`";

/// The innermost cause says what happened; the layers around it only say where. URLs stay out: queries are private.
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
