//! Writes answers and carries out their faults.

use std::fmt::Write as _;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;

use crate::payload::{self, Encoded};
use crate::script::{Answer, End, Fault, Seen};
use crate::wire::{Wire, closed};

/// Whether to keep the connection, and how the request ended.
pub(crate) struct Replied {
    pub(crate) keep: bool,
    pub(crate) end: End,
}

const KEPT: Replied = Replied { keep: true, end: End::Answered };
const CLOSED: Replied = Replied { keep: false, end: End::Answered };
const ABORTED: Replied = Replied { keep: false, end: End::Aborted };

pub(crate) async fn reply<W: Wire>(wire: &mut W, answer: &Answer, request: &Seen) -> Replied {
    match answer.fault {
        Fault::Close => return CLOSED,
        Fault::Reset => return reset(wire),
        Fault::Hang => return hang(wire).await,
        _ => {}
    }
    let encoded = payload::encode(&answer.payload);
    let head = head(answer, encoded.as_ref(), request);
    match encoded {
        Some(encoded) => {
            let replied = write(wire, answer.fault, &head, &encoded.bytes, request.method == "HEAD").await;
            Replied { keep: replied.keep && !wants_close(request), ..replied }
        }
        None => write_endless(wire, &head).await,
    }
}

fn wants_close(request: &Seen) -> bool {
    request.header("connection") == Some("close")
}

async fn write<W: Wire>(wire: &mut W, fault: Fault, head: &str, body: &[u8], is_head: bool) -> Replied {
    let head = head.as_bytes();
    let (part_of_head, part_of_body) = (head.split_at(head.len() / 2).0, body.split_at(body.len() / 2).0);
    let sent = match fault {
        Fault::ResetInHead | Fault::HangInHead => part_of_head.to_vec(),
        Fault::ResetInBody | Fault::CloseInBody | Fault::HangInBody => [head, part_of_body].concat(),
        _ if is_head => head.to_vec(),
        _ => [head, body].concat(),
    };
    if wire.write_all(&sent).await.is_err() || wire.flush().await.is_err() {
        return ABORTED;
    }
    match fault {
        Fault::ResetInHead | Fault::ResetInBody => reset(wire),
        Fault::HangInHead | Fault::HangInBody => hang(wire).await,
        Fault::CloseInBody | Fault::CloseAfter => CLOSED,
        _ => KEPT,
    }
}

/// Writes chunks of zeros until the client closes the connection.
async fn write_endless<W: Wire>(wire: &mut W, head: &str) -> Replied {
    const LENGTH: usize = 0x4000;
    const MOST: usize = 1 << 16;
    let chunk: Bytes = [b"4000\r\n".as_slice(), &[b'0'; LENGTH], b"\r\n"].concat().into();
    let mut written = wire.write_all(head.as_bytes()).await;
    for _ in 0..MOST {
        if written.is_err() {
            return ABORTED;
        }
        written = wire.write_all(&chunk).await;
    }
    CLOSED
}

fn reset<W: Wire>(wire: &W) -> Replied {
    wire.make_reset();
    CLOSED
}

/// Sends nothing more and waits until the client gives up.
async fn hang<W: Wire>(wire: &mut W) -> Replied {
    closed(wire).await;
    ABORTED
}

fn head(answer: &Answer, encoded: Option<&Encoded>, request: &Seen) -> String {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason(answer.status));
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = write!(head, "{name}: {value}\r\n");
    };
    match encoded {
        Some(encoded) if answer.status != 304 => line("content-length", &encoded.bytes.len().to_string()),
        Some(_) => {}
        None => line("transfer-encoding", "chunked"),
    }
    if let Some(encoding) = encoded.and_then(|encoded| encoded.encoding) {
        line("content-encoding", encoding);
    }
    if wants_close(request) {
        line("connection", "close");
    }
    for (name, value) in &answer.headers {
        line(name, value);
    }
    for (name, value) in cors(answer, request) {
        line(name, &value);
    }
    head.push_str("\r\n");
    head
}

/// Returns CORS headers that let pages of every origin read the answer.
pub(crate) fn cors(answer: &Answer, request: &Seen) -> Vec<(&'static str, String)> {
    let Some(origin) = request.header("origin") else { return Vec::new() };
    let exposed: Vec<&str> = answer.headers.iter().map(|(name, _)| name.as_str()).collect();
    vec![
        ("access-control-allow-origin", origin.to_owned()),
        ("access-control-allow-credentials", "true".to_owned()),
        ("access-control-expose-headers", exposed.join(", ")),
        ("vary", "origin".to_owned()),
    ]
}

/// Answers a preflight request and allows everything.
pub(crate) fn preflight(request: &Seen) -> Answer {
    let asked = |name| request.header(name).unwrap_or_default().to_owned();
    Answer::status(204)
        .header("access-control-allow-methods", asked("access-control-request-method"))
        .header("access-control-allow-headers", asked("access-control-request-headers"))
}

const fn reason(status: u16) -> &'static str {
    match status {
        200..300 => "Fine",
        300..400 => "Elsewhere",
        _ => "No",
    }
}
