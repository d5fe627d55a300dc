//! Whether an answer is a success.

use crate::error::{Error, ErrorKind, Result, hint};
use crate::transport::Answer;

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
pub(crate) fn check(answer: &Answer, expected: Expected) -> Result<()> {
    let redirect = (300..400).contains(&answer.status) && expected.redirect;
    if !(answer.is_success() || redirect || expected.success.contains(&answer.status)) {
        return Err(answer.api_error());
    }
    if answer.is_html && !expected.page && !answer.response.body.is_empty() {
        // The request reached something other than the API and had no effect.
        return Err(decode_error(answer, "the response is a web page"));
    }
    match undocumented(answer, expected) {
        Some(problem) => Err(decode_error(answer, problem)),
        None => Ok(()),
    }
}

/// Returns what strict mode rejects in a success.
fn undocumented(answer: &Answer, expected: Expected) -> Option<String> {
    if !expected.strict {
        return None;
    }
    if !expected.success.is_empty() && !expected.success.contains(&answer.status) {
        return Some(format!("status {} is not documented for this operation (strict mode)", answer.status));
    }
    // A documented 204 never has a body.
    let is_missing = expected.body && answer.status != 204 && answer.response.body.is_empty();
    is_missing.then(|| "the documented body is missing (strict mode)".to_owned())
}

fn decode_error(answer: &Answer, message: impl Into<String>) -> Error {
    answer.response.annotate(Error::new(ErrorKind::Decode, message)).with_hint(hint::decode(answer.is_html))
}
