//! Which credentials an operation requires.

use crate::error::{Error, ErrorKind, Result};
use crate::operation::Authentication;
use crate::token::TokenKind;

/// The credentials of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Credentials {
    /// The kind of the client's access tokens, if it has a source of tokens.
    pub token: Option<TokenKind>,
    /// Whether the call has an `Authorization` header.
    pub authorization: bool,
    /// Whether the call has cookies.
    pub cookies: bool,
}

pub(crate) const NO_TOKENS: &str =
    "the client has no source of access tokens: set client credentials or another token source on its builder";
const REQUIRES_MANAGEMENT: &str = "this operation requires an access token for the Management API, but the client is configured with a user access token";
const REQUIRES_USER: &str =
    "this operation requires a user access token, but the client is configured with application credentials";
const REQUIRES_COOKIES: &str = "this operation requires the cookies of a sign-in in progress: set them with `with_cookies`, or set `ambient_cookies` in a browser that has them";

/// Rejects a call whose credentials do not match the operation.
pub(crate) fn check(required: Authentication, credentials: Credentials) -> Result<()> {
    let problem = match (required, credentials.token) {
        _ if credentials.authorization => None,
        (Authentication::Management | Authentication::User, None) => Some(NO_TOKENS),
        (Authentication::Management, Some(TokenKind::User)) => Some(REQUIRES_MANAGEMENT),
        (Authentication::User, Some(TokenKind::Management)) => Some(REQUIRES_USER),
        (Authentication::Session, _) if !credentials.cookies => Some(REQUIRES_COOKIES),
        _ => None,
    };
    problem.map_or(Ok(()), |problem| Err(Error::new(ErrorKind::Authentication, problem)))
}
