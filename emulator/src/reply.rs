//! Makes answers, and completes them as the server does all of its answers.

use logto_admin::serde_json::Value;
use logto_admin::transport::{Body, HttpResponse, Method};

use crate::ids::{Ids, digest};
use crate::request::Incoming;

/// JSON.
pub(crate) fn json(status: u16, value: &Value) -> HttpResponse {
    HttpResponse::json(status, value.to_string())
}

/// Nothing but a status.
pub(crate) fn nothing(status: u16) -> HttpResponse {
    HttpResponse::new(status)
}

/// The word that stands for a status.
pub(crate) fn word(status: u16) -> HttpResponse {
    text(status, "text/plain; charset=utf-8", if status == 201 { "Created" } else { "OK" })
}

/// Text of any kind.
pub(crate) fn text(status: u16, kind: &'static str, text: impl Into<String>) -> HttpResponse {
    HttpResponse::new(status).header("content-type", kind).body(text.into())
}

/// What stands outside of the API: the sign-in page.
pub(crate) fn page() -> HttpResponse {
    let page = "<!doctype html><html><head><title>Emulator of Logto</title></head><body>Sign in</body></html>\n";
    text(200, "text/html; charset=utf-8", page)
}

/// Adds what every answer has: the request's id, and after a successful read a tag.
pub(crate) fn complete(request: &Incoming, mut response: HttpResponse, ids: &mut Ids) -> HttpResponse {
    let reads = matches!(request.method, Method::Get | Method::Head);
    if reads && response.status == 200 {
        let bytes = response.body.bytes();
        let tag = format!("\"{:x}-{}\"", bytes.len(), digest(&bytes, 20));
        let known = request.headers.get("if-none-match").is_some_and(|tags| knows(tags, &tag));
        response.headers.set("etag", tag);
        if known {
            response.status = 304;
            response.body = Body::empty();
            response.headers.remove("content-type");
        }
    }
    if request.method == Method::Head {
        response.body = Body::empty();
    }
    response.headers.set("logto-core-request-id", ids.token(16));
    response
}

/// Whether a list of tags has this one; `W/` makes no difference.
fn knows(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
