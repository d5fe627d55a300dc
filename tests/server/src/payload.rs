//! Encodes bodies to bytes.

use std::io::{Read, Write, repeat};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::script::Payload;

/// A complete body and its content encoding.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) encoding: Option<&'static str>,
}

/// Encodes a body. Returns `None` for an endless body.
pub(crate) fn encode(payload: &Payload) -> Option<Encoded> {
    let (bytes, encoding) = match payload {
        Payload::Text(text) => (text.clone().into_bytes(), None),
        Payload::Gzip(text) => (gzip(text.as_bytes()), Some("gzip")),
        Payload::Brotli(text) => (brotli(text.as_bytes()), Some("br")),
        Payload::Zeros(length) => (zeros(*length), None),
        Payload::GzippedZeros(length) => (gzip(repeat(b'0').take(*length)), Some("gzip")),
        Payload::Endless => return None,
    };
    Some(Encoded { bytes, encoding })
}

fn zeros(length: u64) -> Vec<u8> {
    vec![b'0'; usize::try_from(length).expect("the body fits in memory")]
}

fn gzip(mut content: impl Read) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    std::io::copy(&mut content, &mut encoder).expect("writing to memory cannot fail");
    encoder.finish().expect("writing to memory cannot fail")
}

fn brotli(content: &[u8]) -> Vec<u8> {
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
    encoder.write_all(content).expect("writing to memory cannot fail");
    encoder.into_inner()
}
