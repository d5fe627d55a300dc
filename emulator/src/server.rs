//! The emulator as an HTTP server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use logto_admin::Endpoint;
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::emulator::Emulator;

/// Maximum size of a request body, in bytes.
const LARGEST: usize = 32 << 20;

/// A running HTTP server of an emulator. Dropping it stops the server.
#[derive(Debug)]
pub struct Server {
    emulator: Emulator,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Emulator {
    /// Starts an HTTP server on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// Fails if no tokio runtime is running or no port is free.
    pub async fn serve(&self) -> io::Result<Server> {
        self.serve_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
    }

    /// Starts an HTTP server on this address.
    ///
    /// Only use 127.0.0.1: anyone who can reach the server can read and change everything.
    ///
    /// # Errors
    /// Fails if no tokio runtime is running or the address cannot be bound.
    pub async fn serve_at(&self, address: SocketAddr) -> io::Result<Server> {
        Handle::try_current().map_err(io::Error::other)?;
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = Router::new().fallback(answer).with_state(self.clone());
        let serving = axum::serve(listener, router).with_graceful_shutdown(async {
            // A dropped sender stops the server too.
            let _ = stopped.await;
        });
        let task = tokio::spawn(serving.into_future());
        Ok(Server { emulator: self.clone(), address, stop: Some(stop), task })
    }
}

impl Server {
    /// Returns the address that the server listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of the server, such as `http://127.0.0.1:3001`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the endpoint for clients.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        self.emulator.endpoint_at(self.url())
    }

    /// Returns the emulator that handles the requests.
    #[must_use]
    pub const fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Stops accepting requests and waits until pending requests are finished.
    ///
    /// # Errors
    /// Fails if the server had already failed.
    pub async fn stop(mut self) -> io::Result<()> {
        self.stop.take();
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only `stop` shuts down gracefully. Dropping the server does not wait for idle connections.
        self.task.abort();
    }
}

async fn answer(State(emulator): State<Emulator>, request: Request) -> Response<Body> {
    let Some(method) = Method::named(request.method().as_str()) else { return status(StatusCode::NOT_IMPLEMENTED) };
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else { return status(StatusCode::PAYLOAD_TOO_LARGE) };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let host = header("x-forwarded-host").or_else(|| header("host")).unwrap_or("localhost");
    let scheme = header("x-forwarded-proto").unwrap_or("http");
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = HttpRequest::new(method, format!("{scheme}://{host}{path}"));
    for (name, value) in &head.headers {
        request.headers.append(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    request.body = body.into();
    respond(&emulator.handle(&request))
}

fn respond(response: &HttpResponse) -> Response<Body> {
    let mut answer = Response::new(Body::from(response.body.bytes()));
    *answer.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers.iter() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

fn status(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}
