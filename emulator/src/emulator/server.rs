//! The emulator as an HTTP server.

#![expect(clippy::disallowed_methods, reason = "real connections run on real time")]

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use logto_admin::Endpoint;
use logto_admin::transport::{HttpRequest, HttpResponse, Method};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::Emulator;
use crate::handling::cors;

/// Maximum size of a request body, in bytes.
const LARGEST_BODY: usize = 32 << 20;
/// Maximum size of the request line and the headers, in bytes. The server answers 431 to larger ones.
const LARGEST_HEAD: usize = 16 << 10;
/// Maximum number of headers. More do not fit into the head.
const MOST_HEADERS: usize = LARGEST_HEAD / 4;
/// The time in which a peer must send the head of a request, and then its body.
const PATIENCE: Duration = Duration::from_secs(60);
/// The time in which the peers of a stopping server must receive their responses.
const GRACE: Duration = Duration::from_secs(1);
/// The pause after a failure to accept a connection, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// A running HTTP server of an emulator. Dropping it stops the server.
#[derive(Debug)]
pub struct Server {
    emulator: Emulator,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
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
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, self.clone(), stopped));
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
    /// Waits for at most a second. After that, the server closes connections whose peers have sent only a part of a
    /// request, or do not receive the response.
    ///
    /// # Errors
    /// Fails if the server had already failed.
    pub async fn stop(mut self) -> io::Result<()> {
        self.stop.take();
        (&mut self.task).await.map_err(io::Error::other)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only `stop` shuts down gracefully. Dropping the server does not wait for connections.
        self.task.abort();
    }
}

/// Accepts connections until `stopped` is dropped. Ends all connections when it ends or is aborted.
async fn accept(listener: TcpListener, emulator: Emulator, mut stopped: oneshot::Receiver<()>) {
    let shutdown = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, emulator.clone(), &shutdown));
                }
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    let _ = timeout(GRACE, shutdown.shutdown()).await;
    connections.shutdown().await;
}

/// Answers the requests of a connection.
fn converse(stream: TcpStream, emulator: Emulator, shutdown: &GracefulShutdown) -> impl Future<Output = ()> + use<> {
    let service = service_fn(move |request| {
        let emulator = emulator.clone();
        async move { Ok::<_, Infallible>(answer(&emulator, request).await) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(LARGEST_HEAD).max_headers(MOST_HEADERS);
    let connection = shutdown.watch(server.serve_connection(TokioIo::new(stream), service));
    async move {
        // A malformed request or a lost connection is the peer's problem.
        let _ = connection.await;
    }
}

async fn answer(emulator: &Emulator, request: Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() == hyper::Method::OPTIONS {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let headers = header("access-control-request-headers");
        let path = request.uri().path();
        let preflight = cors::preflight(path, header("origin").unwrap_or("*"), headers);
        return respond(&preflight.unwrap_or_else(|| emulator.methods(path)));
    }
    let Some(method) = Method::named(request.method().as_str()) else { return status(StatusCode::NOT_IMPLEMENTED) };
    let (head, body) = request.into_parts();
    let body = match timeout(PATIENCE, read(body)).await {
        Ok(Ok(Some(body))) => body,
        // The real server answers 404 to bodies that are too large.
        Ok(Ok(None)) => return text(StatusCode::NOT_FOUND, "Not Found"),
        Ok(Err(_)) => return status(StatusCode::BAD_REQUEST),
        Err(_) => return status(StatusCode::REQUEST_TIMEOUT),
    };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let host = header("x-forwarded-host").or_else(|| header("host")).unwrap_or("localhost");
    let scheme = header("x-forwarded-proto").unwrap_or("http");
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = HttpRequest::new(method, format!("{scheme}://{host}{path}"));
    for (name, value) in &head.headers {
        request.headers.append(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    request.body = body.into();
    let mut response = emulator.respond(&request).await;
    if let Some(origin) = header("origin") {
        cors::permit(head.uri.path(), origin, &mut response);
    }
    let emulator = emulator.clone();
    tokio::spawn(async move { emulator.deliver().await });
    respond(&response)
}

/// Reads a body. Returns `None` if it is too large: it is read to its end, so that the peer receives the response.
async fn read(mut body: Incoming) -> hyper::Result<Option<Vec<u8>>> {
    let (mut kept, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length += data.len();
        if length <= LARGEST_BODY {
            kept.extend_from_slice(&data);
        } else {
            kept = Vec::new();
        }
    }
    Ok((length <= LARGEST_BODY).then_some(kept))
}

fn respond(response: &HttpResponse) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(response.body.bytes()));
    *answer.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers.iter() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

fn text(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert("content-type", HeaderValue::from_static(crate::http::reply::PLAIN));
    answer
}
