//! A server on 127.0.0.1 with fixed responses. It prints its URL and runs until its standard input is closed.
//!
//! - `POST /oidc/token`: returns a token that is valid for one hour.
//! - `GET /bench/token-calls`: returns the number of issued tokens.
//! - `GET /api/users/{id}`: returns a user.
//! - `GET /api/users`: returns a page of 100,000 users, with `search=slow` after 20 ms.

#![allow(clippy::print_stdout, reason = "the server prints its URL")]
#![allow(clippy::disallowed_methods, reason = "the server uses the system clock and has no `Runtime`")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use logto_admin_benches::data;
use tokio::net::{TcpListener, TcpStream};

/// Time that the slow list takes per page.
const SLOW: Duration = Duration::from_millis(20);

type Answer = Response<Full<Bytes>>;

struct Server {
    token: String,
    token_calls: AtomicU64,
    user: Bytes,
    /// Pages by number and size. Each is generated once, so that a call only costs the sending.
    pages: Mutex<HashMap<(usize, usize), Bytes>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    std::thread::spawn(end_with_input);
    let server = Arc::new(Server::new());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(Arc::clone(&server), stream));
    }
}

fn end_with_input() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}

async fn serve(server: Arc<Server>, stream: TcpStream) {
    let service = service_fn(|request| server.answer(request));
    // Errors of disconnected clients do not matter.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Server {
    fn new() -> Self {
        let user = data::user(42).to_string().into();
        // As long as a real token: a header, a dozen claims and a signature of 96 bytes.
        let token = format!("{}.{}.{}", "h".repeat(92), "c".repeat(340), "s".repeat(128));
        Self { token, token_calls: 0.into(), user, pages: Mutex::default() }
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        let (parts, body) = request.into_parts();
        let _ = body.collect().await;
        let query = parts.uri.query().unwrap_or_default();
        let path = parts.uri.path();
        Ok(match (&parts.method, path) {
            (&Method::POST, "/oidc/token") => self.token().await,
            (&Method::GET, "/api/users") => self.list(query).await,
            (&Method::GET, "/bench/token-calls") => {
                json(StatusCode::OK, self.token_calls.load(Ordering::Relaxed).to_string())
            }
            (&Method::GET, path) if path.starts_with("/api/users/") => json(StatusCode::OK, self.user.clone()),
            _ => json(StatusCode::NOT_FOUND, r#"{"code":"entity.not_found","message":"The entity does not exist."}"#),
        })
    }

    /// Sleeps first, because a real server takes time to sign the token and callers pile up meanwhile.
    async fn token(&self) -> Answer {
        tokio::time::sleep(SLOW).await;
        self.token_calls.fetch_add(1, Ordering::Relaxed);
        let token = &self.token;
        json(
            StatusCode::OK,
            format!(r#"{{"access_token":"{token}","expires_in":3600,"token_type":"Bearer","scope":"all"}}"#),
        )
    }

    async fn list(&self, query: &str) -> Answer {
        if query.contains("search=slow") {
            tokio::time::sleep(SLOW).await;
        }
        let page = number(query, "page").unwrap_or(1);
        let size = number(query, "page_size").unwrap_or(20);
        let mut answer = json(StatusCode::OK, self.page(page, size));
        let headers = answer.headers_mut();
        headers.insert("total-number", HeaderValue::from(data::USERS));
        for (relation, page) in [("first", 1), ("last", data::USERS.div_ceil(size.max(1))), ("next", page + 1)] {
            let link = format!("<http://127.0.0.1/users?page={page}&page_size={size}>; rel=\"{relation}\"");
            headers.extend(HeaderValue::try_from(link).ok().map(|link| (hyper::header::LINK, link)));
        }
        answer
    }

    fn page(&self, page: usize, size: usize) -> Bytes {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.entry((page, size)).or_insert_with(|| data::page(page, size).into()).clone()
    }
}

fn number(query: &str, name: &str) -> Option<usize> {
    let value = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    value.and_then(|(_, value)| value.parse().ok())
}

/// A response with the headers that Logto sends.
fn json(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("vary", "Accept-Encoding, Origin"),
        ("etag", "\"2eb-+0s9H//drnVd+GL9OdF2KnLlP44\""),
        ("logto-core-request-id", "hIEh0gicP1rlYxXu"),
        ("keep-alive", "timeout=5"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
