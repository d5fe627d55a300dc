//! `OPTIONS` requests, and requests of web pages from other origins. The provider and the account API permit them, and other areas do not.

use logto_admin::transport::{HttpRequest, HttpResponse, Method};

use super::router;
use crate::errors::no_route;
use crate::http::reply;
use crate::http::request::{Incoming, is_below};
use crate::state::State;

const OPEN: [&str; 3] = ["/oidc", "/api/my-account", "/api/verifications"];
const METHODS: &str = "GET, HEAD, PUT, POST, DELETE, PATCH";

fn is_open(path: &str) -> bool {
    OPEN.iter().any(|root| is_below(path, root))
}

/// Lets a page of this origin read the response.
///
/// A response in which the provider refuses the origin already depends on it.
pub(crate) fn permit(path: &str, origin: &str, response: &mut HttpResponse) {
    if is_open(path) && !response.headers.contains("vary") {
        response.headers.set("access-control-allow-origin", origin.to_owned());
        response.headers.set("access-control-expose-headers", "*");
        response.headers.set("vary", "Origin");
    }
}

/// Returns the methods of a path. Only paths of the API have a list of them.
pub(crate) fn methods(path: &str, state: &mut State) -> HttpResponse {
    let request = Incoming::new(&HttpRequest::new(Method::Get, path));
    let response = match router::allowed(state.release, &request.segments()) {
        _ if !is_below(path, "/api") => reply::nothing(204),
        Some(methods) => reply::text(200, reply::PLAIN, "").header("allow", methods),
        None => no_route().into_response(),
    };
    response.header("logto-core-request-id", state.ids.token(16))
}

/// Returns the response to a CORS preflight request. The path must permit other origins.
pub(crate) fn preflight(path: &str, origin: &str, headers: Option<&str>) -> Option<HttpResponse> {
    if !is_open(path) {
        return None;
    }
    let mut response = reply::nothing(204);
    permit(path, origin, &mut response);
    response.headers.set("access-control-allow-methods", METHODS);
    if let Some(headers) = headers {
        response.headers.set("access-control-allow-headers", headers.to_owned());
    }
    Some(response)
}
