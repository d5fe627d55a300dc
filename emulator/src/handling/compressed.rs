//! Compressed request bodies.

use std::borrow::Cow;

use miniz_oxide::inflate::{decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit};

use crate::errors::{Outcome, Refusal};
use crate::http::request::Incoming;

/// Returns the body of a request, decompressed. `None` stands for one that is larger than `most` bytes.
pub(crate) fn body(request: &Incoming, most: usize) -> Outcome<Option<Cow<'_, [u8]>>> {
    let encoding = request.headers.get("content-encoding").unwrap_or("identity");
    let decompressed = match encoding {
        "identity" => return Ok(Some(Cow::Borrowed(&*request.body)).filter(|body| body.len() <= most)),
        "gzip" => deflated(&request.body).map(|deflated| decompress_to_vec_with_limit(deflated, most)),
        "deflate" => Some(decompress_to_vec_zlib_with_limit(&request.body, most)),
        _ => return Err(Refusal::without_code(415, format!("Unsupported Content-Encoding: {encoding}"))),
    };
    match decompressed {
        Some(Ok(body)) => Ok(Some(Cow::Owned(body))),
        Some(Err(error)) if error.status == miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Ok(None),
        _ => Err(Refusal::without_code(400, "incorrect header check")),
    }
}

/// Returns the compressed data of a gzip file (RFC 1952). Leaves out its header and its checksum.
fn deflated(file: &[u8]) -> Option<&[u8]> {
    const CHECKSUM: u8 = 0x02;
    const EXTRA: u8 = 0x04;
    /// A file name and a comment, which end with a zero.
    const TEXTS: [u8; 2] = [0x08, 0x10];
    let (header, mut rest) = file.split_first_chunk::<10>()?;
    let [0x1F, 0x8B, 8, flags, ..] = *header else { return None };
    if flags & EXTRA != 0 {
        let (length, extra) = rest.split_first_chunk::<2>()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in TEXTS {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::transport::{HttpRequest, Method};
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    fn read(encoding: &str, body: Vec<u8>) -> Result<Option<Vec<u8>>, u16> {
        let mut request = HttpRequest::new(Method::Post, "http://logto/api/users");
        request.headers.set("content-encoding", encoding.to_owned());
        request.body = body.into();
        let request = Incoming::new(&request);
        let body = super::body(&request, 10);
        body.map(|body| body.map(Cow::into_owned)).map_err(|refusal| refusal.into_response().status)
    }

    fn gzip(flags: u8, more: &[u8], text: &[u8]) -> Vec<u8> {
        let head = [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3];
        [&head, more, &compress_to_vec(text, 6), &[0; 8]].concat()
    }

    #[test]
    fn bodies_are_decompressed() {
        let text = || Ok(Some(b"{}".to_vec()));
        assert_eq!(read("gzip", gzip(0, b"", b"{}")), text());
        assert_eq!(read("gzip", gzip(0x1E, b"\x02\0ab-name\0comment\0..", b"{}")), text());
        assert_eq!(read("deflate", compress_to_vec_zlib(b"{}", 6)), text());
        assert_eq!(read("identity", b"{}".to_vec()), text());
    }

    #[test]
    fn large_bodies_are_not_read_and_others_are_refused() {
        assert_eq!(read("gzip", gzip(0, b"", b"12345678901")), Ok(None));
        assert_eq!(read("identity", b"12345678901".to_vec()), Ok(None));
        assert_eq!(read("gzip", b"{}".to_vec()), Err(400));
        assert_eq!(read("br", b"{}".to_vec()), Err(415));
    }
}
