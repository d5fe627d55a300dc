//! A proxy that lets each caller use a few operations of the Management API. Logto has no scopes for parts of it.
//!
//! A caller uses the proxy like Logto itself: its key is the access token. Run it, and call the URLs that it prints.

#![allow(clippy::print_stdout, reason = "it prints its URL")]

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use logto_admin::operation::{OperationInfo, TABLE};
use logto_admin::{Client, Error, ErrorKind, Result};
use logto_admin_emulator::Emulator;
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use url::form_urlencoded;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let logto = Emulator::new().client()?; // for a real server: Client::from_env()?
    let callers = [("support-key", &["GetUser", "ListUsers"] as &[_]), ("billing-key", &["GetOrganization"])];

    let app = router(&logto, callers)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    println!("allowed: curl -H 'authorization: Bearer support-key' {url}/api/users");
    println!("refused: curl -H 'authorization: Bearer billing-key' {url}/api/users");
    axum::serve(listener, app).await?;
    Ok(())
}

// ANCHOR: router
/// A client for each key, restricted to the operations of its caller.
type Callers = Arc<HashMap<String, Client>>;

/// Builds the proxy from the keys of the callers and the ids of their operations.
pub(crate) fn router<'a>(
    logto: &Client,
    callers: impl IntoIterator<Item = (&'a str, &'a [&'a str])>,
) -> Result<Router> {
    let restrict = |(key, operations): (&str, &[&'a str])| -> Result<(String, Client)> {
        Ok((key.to_owned(), logto.restricted_to(operations.iter().copied())?))
    };
    let callers: HashMap<String, Client> = callers.into_iter().map(restrict).collect::<Result<_>>()?;
    Ok(Router::new().fallback(forward).with_state(Arc::new(callers)))
}
// ANCHOR_END: router

// ANCHOR: forward
async fn forward(
    State(callers): State<Callers>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Response> {
    let client = key(&headers).and_then(|key| callers.get(key));
    let client = client.ok_or_else(|| refuse(StatusCode::UNAUTHORIZED, "unknown key"))?;
    let (operation, parameters) =
        find(&method, uri.path()).ok_or_else(|| refuse(StatusCode::NOT_FOUND, "no operation has this path"))?;

    let mut request = client.operation(operation.id).map_err(failure)?;
    for (name, value) in operation.path_parameters.iter().zip(parameters) {
        request = request.path(name, &value);
    }
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        request = request.query(&name, &*value);
    }
    if !body.is_empty() {
        let json: serde_json::Value =
            serde_json::from_slice(&body).map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body is not JSON"))?;
        request = request.json(&json);
    }
    let answer = request.raw().await.map_err(failure)?;

    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let forwarded = [CONTENT_TYPE, HeaderName::from_static("total-number")];
    let kept =
        forwarded.iter().filter_map(|name| Some((name.clone(), answer.headers.get(name.as_str())?.parse().ok()?)));
    Ok((status, kept.collect::<HeaderMap>(), answer.body.bytes()).into_response())
}
// ANCHOR_END: forward

fn key(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// Returns the operation with this method and path, and the values of its path parameters.
fn find(method: &Method, path: &str) -> Option<(&'static OperationInfo, Vec<String>)> {
    let candidates = TABLE.iter().filter(|info| info.method.as_str() == method.as_str());
    let matches = candidates.filter_map(|info| Some((*info, parameters(info.path, path)?)));
    // `/api/roles/{id}/users` and `/api/roles/{id}/{type}` both match: the fewer parameters, the more specific.
    matches.min_by_key(|(_, parameters)| parameters.len())
}

/// Returns the values of the parameters of a path, if it matches the template.
fn parameters(template: &str, path: &str) -> Option<Vec<String>> {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    let mut parameters = Vec::new();
    loop {
        match (template.next(), path.next()) {
            (None, None) => return Some(parameters),
            (Some(name), Some(segment)) if name.starts_with('{') => {
                parameters.push(percent_decode_str(segment).decode_utf8().ok()?.into_owned());
            }
            (Some(literal), Some(segment)) if literal == segment => {}
            _ => return None,
        }
    }
}

// ANCHOR: failure
/// Returns the answer for a call that has no answer of Logto.
fn failure(error: Error) -> Response {
    match error.kind() {
        ErrorKind::NotAllowed => refuse(StatusCode::FORBIDDEN, "this key does not allow the operation"),
        ErrorKind::Input => refuse(StatusCode::BAD_REQUEST, error.message()),
        // Log the error here: it contains the operation and a hint, but no secrets.
        _ => refuse(StatusCode::BAD_GATEWAY, "Logto did not answer"),
    }
}

/// An error in Logto's form, so that clients of Logto understand it.
fn refuse(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "code": "proxy.refused", "message": message });
    (status, axum::Json(body)).into_response()
}
// ANCHOR_END: failure
