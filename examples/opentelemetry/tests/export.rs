//! Runs the example with a collector.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot continue has failed")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

/// Reads one HTTP request with its body.
fn read(stream: &mut impl Read) -> Vec<u8> {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).unwrap();
        request.extend_from_slice(buffer.get(..count).unwrap());
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let (head, _) = text.split_once("\r\n\r\n").unwrap_or_default();
        let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        let end = request.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4 + length.unwrap_or(0));
        if count == 0 || end.is_some_and(|end| request.len() >= end) {
            return request;
        }
    }
}

#[test]
fn the_collector_receives_the_spans_of_the_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let collector = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let request = read(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        request
    });
    let status = Command::new(env!("CARGO_BIN_EXE_opentelemetry-example"))
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{address}"))
        .status();
    assert!(status.unwrap().success());
    let request = collector.join().unwrap();
    let request = String::from_utf8_lossy(&request);
    assert!(request.starts_with("POST /v1/traces "), "{request}");
    for text in ["my-service", "ListUsers", "GET /api/users", "OidcToken"] {
        assert!(request.contains(text), "{text} is not in {request}");
    }
}
