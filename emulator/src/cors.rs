//! Requests of web pages from other origins. The provider and the account API permit them, and other areas do not.

use logto_admin::transport::HttpResponse;

use crate::reply;
use crate::request::is_below;

const OPEN: [&str; 3] = ["/oidc", "/api/my-account", "/api/verifications"];
const METHODS: &str = "GET, HEAD, PUT, POST, DELETE, PATCH";

fn is_open(path: &str) -> bool {
    OPEN.iter().any(|root| is_below(path, root))
}

/// Lets a page of this origin read the response.
pub(crate) fn permit(path: &str, origin: &str, response: &mut HttpResponse) {
    if is_open(path) {
        response.headers.set("access-control-allow-origin", origin.to_owned());
        response.headers.set("access-control-expose-headers", "*");
        response.headers.set("vary", "Origin");
    }
}

/// Returns the response to a CORS preflight request, if the path permits other origins.
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
