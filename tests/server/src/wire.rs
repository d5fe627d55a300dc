//! HTTP/1.1 on the byte level. An HTTP library would not let the server misbehave.

use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::script::{End, Seen};

/// A connection that can be reset.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {
    /// Resets the connection when it is closed.
    fn make_reset(&self);
}

impl Wire for TcpStream {
    fn make_reset(&self) {
        // Fails if the connection is closed already, which does not matter.
        let _ = self.set_zero_linger();
    }
}

impl Wire for TlsStream<TcpStream> {
    fn make_reset(&self) {
        self.get_ref().0.make_reset();
    }
}

/// Reads a request. Returns `None` if the client closes the connection or sends an invalid request.
pub(crate) async fn read_request<W: Wire>(wire: &mut W, buffer: &mut BytesMut, connection: u64) -> Option<Seen> {
    let head = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break buffer.split_to(end + 4);
        }
        more(wire, buffer).await.ok()?;
    };
    let mut seen = parse(&String::from_utf8_lossy(&head), connection)?;
    let length = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        more(wire, buffer).await.ok()?;
    }
    seen.body = String::from_utf8_lossy(buffer.get(..length)?).into_owned();
    buffer.advance(length);
    Some(seen)
}

async fn more<W: Wire>(wire: &mut W, buffer: &mut BytesMut) -> io::Result<()> {
    match wire.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// Waits until the client closes the connection.
pub(crate) async fn closed<W: Wire>(wire: &mut W) {
    let mut rest = BytesMut::new();
    while more(wire, &mut rest).await.is_ok() {
        rest.clear();
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Parses the head of a request. Does not decode the path.
pub(crate) fn parse(head: &str, connection: u64) -> Option<Seen> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    Some(Seen {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: lines.filter_map(header).collect(),
        body: String::new(),
        connection,
        version: "1.1".to_owned(),
        end: End::Open,
    })
}
