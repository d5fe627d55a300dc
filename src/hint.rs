//! Advice for the usual mistakes.

use crate::transport::{HttpResponse, TransportErrorKind};

const HTML: &str = "the endpoint answers web pages: check that the endpoint is the root of a Logto server, without a path such as /api or /console";
const TOO_LARGE: &str = "Logto answers this to a JSON body over 1 MB as well as to a path that it does not have";
pub(crate) const SCOPE: &str = "the access token lacks the scope: give the machine-to-machine application a role with the Management API's permissions, and ask for a scope that the role grants (`all` by default)";
pub(crate) const FORBIDDEN: &str =
    "the access token does not permit this: check the roles of the machine-to-machine application";
const RESOURCE: &str = "check the resource: it is https://default.logto.app/api for every self-hosted server whatever its host, and https://{tenant}.logto.app/api on Logto Cloud, behind a custom domain too";
const AUDIENCE: &str = "the API does not accept this access token: check that its resource is the Management API's for management operations, and that operations of a user's own account are called with a user's token";
const SECRET: &str =
    "the application's secret is wrong: compare it with the secrets of the application in the Logto console";
const CLIENT: &str = "no application has this id: check the application's id, and that the endpoint is the server or tenant where it was created";
const GRANT: &str =
    "this application may not do that: client credentials need an application of the type machine-to-machine";
const SUBJECT: &str =
    "the subject token is unknown, older than ten minutes, or was exchanged already: every exchange needs a new one";
const REDIRECT: &str = "check the endpoint's scheme and host; redirects are followed only if `redirects` says so";
const CONNECT: &str = "check that the server runs, and the endpoint's scheme, host and port";
const WEB: &str = "the browser does not say why: the server may be unreachable, or not allow this origin (CORS); the Management API answers to the console's origin only";

/// For an error answer of the API.
pub(crate) fn api(response: &HttpResponse, code: Option<&str>) -> Option<&'static str> {
    match response.status {
        300..=399 => Some(REDIRECT),
        401 => Some(AUDIENCE),
        403 if code == Some("auth.forbidden") => Some(FORBIDDEN),
        404 if code.is_none() && !is_html(response) => Some(TOO_LARGE),
        _ if is_html(response) => Some(HTML),
        _ => None,
    }
}

/// For an answer that cannot be read.
pub(crate) fn decode(response: &HttpResponse) -> Option<&'static str> {
    is_html(response).then_some(HTML)
}

/// For an error of the token endpoint, by its status, `error` and `error_description`.
pub(crate) fn token(status: u16, error: Option<&str>, response: &HttpResponse) -> Option<&'static str> {
    match (error, status) {
        (Some("invalid_client"), 401) => Some(SECRET),
        (Some("invalid_client"), _) => Some(CLIENT),
        (Some("invalid_target"), _) => Some(RESOURCE),
        (Some("unauthorized_client" | "unsupported_grant_type"), _) => Some(GRANT),
        (Some("invalid_grant"), _) => Some(SUBJECT),
        _ => decode(response),
    }
}

/// For a request without an answer.
pub(crate) fn transport(kind: TransportErrorKind) -> Option<&'static str> {
    match kind {
        TransportErrorKind::Connect => Some(CONNECT),
        TransportErrorKind::Other => Some(WEB),
        _ => None,
    }
}

pub(crate) fn is_html(response: &HttpResponse) -> bool {
    response.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}
