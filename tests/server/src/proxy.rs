//! A proxy that records requests.

use bytes::BytesMut;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::script::Seen;
use crate::wire::read_request;

/// An HTTP proxy in this process. Dropping the value stops it.
#[derive(Debug)]
pub struct TestProxy {
    authority: String,
    seen: watch::Receiver<Vec<Seen>>,
    accepting: JoinHandle<()>,
}

impl TestProxy {
    /// Starts a proxy on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("127.0.0.1 has a free port");
        let authority = listener.local_addr().expect("a listener has an address").to_string();
        let (sender, seen) = watch::channel(Vec::new());
        let accepting = tokio::spawn(accept(listener, sender));
        Self { authority, seen, accepting }
    }

    /// The proxy's host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The requests that the proxy received. Every plain HTTP request, and the `CONNECT` requests of HTTPS.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, seen: watch::Sender<Vec<Seen>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(pass(stream, seen.clone()));
    }
}

async fn pass(mut client: TcpStream, seen: watch::Sender<Vec<Seen>>) -> Option<()> {
    let request = read_request(&mut client, &mut BytesMut::new(), 0).await?;
    seen.send_modify(|seen| seen.push(request.clone()));
    if request.method == "CONNECT" {
        let mut server = TcpStream::connect(&request.path).await.ok()?;
        client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.ok()?;
        copy_bidirectional(&mut client, &mut server).await.ok()?;
        return Some(());
    }
    let (authority, path) = request.path.strip_prefix("http://")?.split_once('/')?;
    let mut server = TcpStream::connect(authority).await.ok()?;
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    // One request per connection, so that the proxy does not need to find the end of a request.
    let mut head = format!("{} /{path}{query} HTTP/1.1\r\nconnection: close\r\n", request.method);
    let own = |name: &str| name.starts_with("proxy-") || name == "connection";
    for (name, value) in request.headers.iter().filter(|(name, _)| !own(name)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    server.write_all(format!("{head}\r\n{}", request.body).as_bytes()).await.ok()?;
    copy_bidirectional(&mut client, &mut server).await.ok()?;
    Some(())
}
