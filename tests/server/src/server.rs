//! The server, which listens on 127.0.0.1, optionally with TLS.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::connection::serve;
use crate::script::Script;
use crate::session::{Session, Sessions};
use crate::soak::Soak;
use crate::{Authority, http2};

/// A server in this process. Dropping the value stops it.
#[derive(Debug)]
pub struct TestServer {
    sessions: Arc<Sessions>,
    accepting: JoinHandle<()>,
    port: u16,
    tls: Option<Arc<ServerConfig>>,
}

/// TLS settings of a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tls {
    /// Whether clients must present a certificate of the same authority.
    pub client_certificates: bool,
    /// Whether the server only supports TLS 1.2.
    pub only_1_2: bool,
    /// Whether the server prefers HTTP/2.
    pub http2: bool,
}

impl TestServer {
    /// Starts a plain HTTP server on a free port.
    pub async fn start() -> Self {
        Self::listen("http://127.0.0.1", None).await
    }

    /// Starts an HTTPS server on a free port of `localhost`. This authority has signed its certificate.
    pub async fn start_tls(authority: &Authority, tls: Tls) -> Self {
        Self::listen("https://localhost", Some(authority.server_config(tls))).await
    }

    async fn listen(origin: &str, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("127.0.0.1 has a free port");
        let port = port(&listener);
        let sessions = Arc::new(Sessions::at(format!("{origin}:{port}")));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&sessions), tls.clone()));
        Self { sessions, accepting, port, tls }
    }

    /// Opens a session.
    #[must_use]
    pub fn session(&self, script: Script) -> Arc<Session> {
        self.sessions.open(script)
    }

    /// Starts a soak test with tokens of this lifetime. A server has at most one.
    #[must_use]
    pub fn soak(&self, seed: u64, lifetime: Duration) -> Arc<Soak> {
        self.sessions.begin_soak(seed, lifetime)
    }

    /// Stops the server and all connections, and restarts it on its port after `pause`. It keeps its sessions.
    #[allow(clippy::disallowed_methods, reason = "the server has no `Runtime`")]
    pub async fn restart(&mut self, pause: Duration) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
        tokio::time::sleep(pause).await;
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("the port is still free");
        self.accepting = tokio::spawn(accept(listener, Arc::clone(&self.sessions), self.tls.clone()));
    }

    /// The server's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        self.sessions.base()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Serves connections until the task is aborted, which closes them.
async fn accept(listener: TcpListener, sessions: Arc<Sessions>, tls: Option<Arc<ServerConfig>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        // Answers are small, and tests wait for them.
        let _ = stream.set_nodelay(true);
        let sessions = Arc::clone(&sessions);
        match tls.clone() {
            None => connections.spawn(serve(stream, sessions)),
            Some(tls) => connections.spawn(serve_tls(stream, TlsAcceptor::from(tls), sessions)),
        };
    }
}

async fn serve_tls(stream: TcpStream, tls: TlsAcceptor, sessions: Arc<Sessions>) {
    // The handshake fails if the client does not trust the server. The client reports it.
    let Ok(stream) = tls.accept(stream).await else { return };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        http2::serve(stream, sessions).await;
    } else {
        serve(stream, sessions).await;
    }
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("a listener has an address").port()
}

/// Returns a URL that refuses connections.
pub async fn refusing_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("127.0.0.1 has a free port");
    format!("http://127.0.0.1:{}", port(&listener))
}
