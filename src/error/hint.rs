//! Hints for common mistakes.

const HTML: &str = "check that the endpoint, which returns web pages, is the root of a Logto server, without a path such as /api or /console";
const NOT_FOUND: &str = "check the path, and that a JSON body has at most 1 MB";
pub(crate) const SCOPE: &str = "assign a role with the permissions of the Management API to the application, and request the scope that the token lacks";
const FORBIDDEN: &str = "check the roles of the machine-to-machine application; for the account API, use a user token with the scope `openid` and others such as `profile`";
const RESOURCE: &str = "check the resource: https://default.logto.app/api on self-hosted servers, https://{tenant}.logto.app/api on Logto Cloud, also with a custom domain, or an existing resource of your own";
const AUDIENCE: &str = "use a token with the Management API as its resource, or a user access token for operations of a user's own account";
const VERIFY: &str = "let the user create a verification with an operation of `verifications`, and send its record id in the header logto-verification-id";
const SECRET: &str = "compare the application secret with those in the Logto console";
const CLIENT: &str =
    "check the application id, and that the endpoint is the server or tenant where the application was created";
const GRANT: &str = "use an application of type machine-to-machine for client credentials";
const GRANT_OFF: &str = "use an application of type machine-to-machine for client credentials; allow a token exchange in the settings of the application";
const NO_REDIRECT_URI: &str = "use an application of type machine-to-machine for client credentials; for a token exchange, add a redirect URI to the application";
const EXCHANGED: &str = "check that the exchanged token is valid; a subject token can be exchanged once, and a personal access token only as a personal access token";
const DENIED: &str = "check that the user or application is a member of the organization, and that the user has access to the application";
const REDIRECT: &str = "check the scheme and host of the endpoint; redirects are not followed by default";
pub(crate) const CONNECT: &str = "check that the server is running, and the scheme, host and port of the endpoint";
pub(crate) const WEB: &str = "check that the server is running, and the scheme, host and port of the endpoint; in a browser, check CORS (the Management API allows only the origin of the Logto console)";

/// Returns the hint for an error response of the API.
pub(crate) fn api(status: u16, code: Option<&str>, is_html: bool) -> Option<&'static str> {
    match status {
        300..=399 => Some(REDIRECT),
        401 if code == Some("verification_record.permission_denied") => Some(VERIFY),
        401 if code.is_none_or(|code| code.starts_with("auth.")) => Some(AUDIENCE),
        403 if code == Some("auth.forbidden") => Some(FORBIDDEN),
        404 if code.is_none() && !is_html => Some(NOT_FOUND),
        _ => decode(is_html),
    }
}

/// Returns the hint for a response that cannot be decoded.
pub(crate) fn decode(is_html: bool) -> Option<&'static str> {
    is_html.then_some(HTML)
}

/// Returns the hint for an error of the token endpoint.
pub(crate) fn token(
    status: u16,
    error: Option<&str>,
    description: Option<&str>,
    is_html: bool,
) -> Option<&'static str> {
    match (error, status) {
        (_, 300..=399) => Some(REDIRECT),
        (Some("invalid_client"), 401) => Some(SECRET),
        (Some("invalid_client"), _) => Some(CLIENT),
        (Some("invalid_redirect_uri"), _) => Some(NO_REDIRECT_URI),
        (Some("invalid_target"), _) => Some(RESOURCE),
        (Some("access_denied"), _) => Some(DENIED),
        (Some("invalid_grant"), _) => Some(EXCHANGED),
        (Some("invalid_request" | "unauthorized_client"), _)
            if description.is_some_and(|text| text.starts_with("requested grant type")) =>
        {
            Some(GRANT_OFF)
        }
        (Some("unauthorized_client" | "unsupported_grant_type"), _) => Some(GRANT),
        _ => decode(is_html),
    }
}
