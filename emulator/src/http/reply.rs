//! Builds responses, and completes them with what the server adds to each of them.

use logto_admin::serde_json::Value;
use logto_admin::transport::{Body, HttpResponse, Method};

use crate::http::request::Incoming;
use crate::http::uploads::Upload;
use crate::ids::{Ids, digest};

/// The content type of plain text.
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

/// Returns a JSON response.
pub(crate) fn json(status: u16, value: &Value) -> HttpResponse {
    HttpResponse::json(status, value.to_string())
}

/// Returns a response without a body.
pub(crate) fn nothing(status: u16) -> HttpResponse {
    HttpResponse::new(status)
}

/// Returns the status as a word: `Created` or `OK`.
pub(crate) fn word(status: u16) -> HttpResponse {
    text(status, PLAIN, if status == 201 { "Created" } else { "OK" })
}

/// Returns text of any content type.
pub(crate) fn text(status: u16, kind: &'static str, text: impl Into<String>) -> HttpResponse {
    HttpResponse::new(status).header("content-type", kind).body(text.into())
}

/// Returns the sign-in page, which is served outside of the API.
pub(crate) fn page() -> HttpResponse {
    let page = "<!doctype html><html><head><title>Logto emulator</title></head><body>Sign in</body></html>\n";
    let page = text(200, "text/html; charset=utf-8", page);
    page.header("cache-control", "no-cache, no-store, must-revalidate")
}

/// Returns an uploaded file.
pub(crate) fn file(upload: &Upload) -> HttpResponse {
    HttpResponse::new(200).header("content-type", upload.kind.clone()).body(upload.content.clone())
}

/// Adds what every response has. This is a request id and, after a successful read, an `ETag`.
pub(crate) fn complete(request: &Incoming, mut response: HttpResponse, ids: &mut Ids) -> HttpResponse {
    // A HEAD request is answered without one.
    if request.method == Method::Get && response.status == 200 {
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

/// Returns whether a list of entity tags contains this one. A `W/` prefix is ignored.
fn knows(tags: &str, tag: &str) -> bool {
    tags.split(',').map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
