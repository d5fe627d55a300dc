//! A server in place of Logto, whose answers a test decides.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Starts a server, and returns its URL. It answers each request, which begins with its method and path, with this text.
pub(crate) async fn answering(answer: impl Fn(&[u8]) -> String + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let request = request(&mut client).await.unwrap();
            client.write_all(answer(&request).as_bytes()).await.unwrap();
        }
    });
    (url, server)
}

/// Passes a request on to a server, and its answer to `client`.
pub(crate) async fn pass_on(client: &mut (impl AsyncWrite + Unpin), server: &str, request: &[u8]) -> io::Result<()> {
    let mut server = TcpStream::connect(server.trim_start_matches("http://")).await?;
    let line = request.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    server.write_all(&[&request[..line], b"connection: close\r\n", &request[line..]].concat()).await?;
    tokio::io::copy(&mut server, client).await.map(drop)
}

/// Reads a request with its body.
pub(crate) async fn request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if client.read_buf(&mut bytes).await? == 0 {
            return Ok(bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Ok(bytes);
        }
    }
}
