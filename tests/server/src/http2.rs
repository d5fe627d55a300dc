//! HTTP/2, which does not support faults.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use h2::RecvStream;
use h2::server::SendResponse;
use http::{Request, Response};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::payload;
use crate::script::{Answer, End, Payload, Seen};
use crate::session::Sessions;

pub(crate) async fn serve(stream: TlsStream<TcpStream>, sessions: Arc<Sessions>) {
    let connection = sessions.number_connection();
    let Ok(mut requests) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, respond))) = requests.accept().await {
        tokio::spawn(answer(request, respond, connection, Arc::clone(&sessions)));
    }
}

async fn answer(
    request: Request<RecvStream>,
    respond: SendResponse<Bytes>,
    connection: u64,
    sessions: Arc<Sessions>,
) -> Option<()> {
    let (parts, body) = request.into_parts();
    let (session, path) = sessions.find(parts.uri.path())?;
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let (number, answer) = session.note(Seen {
        method: parts.method.to_string(),
        path: path.to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: read(body).await,
        connection,
        version: "2".to_owned(),
        end: End::Open,
    });
    write(respond, &answer).ok()?;
    session.end(number, End::Answered);
    Some(())
}

async fn read(mut body: RecvStream) -> String {
    let mut whole = BytesMut::new();
    while let Some(Ok(piece)) = body.data().await {
        let _ = body.flow_control().release_capacity(piece.len());
        whole.extend_from_slice(&piece);
    }
    String::from_utf8_lossy(&whole).into_owned()
}

fn write(mut respond: SendResponse<Bytes>, answer: &Answer) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let body = payload::encode(&answer.payload).or_else(|| payload::encode(&Payload::Text(String::new())));
    let bytes = body.map(|encoded| encoded.bytes).unwrap_or_default();
    let mut stream = respond.send_response(response.body(())?, false)?;
    stream.send_data(bytes.into(), true)?;
    Ok(())
}
