//! Multipart bodies: `multer` reads the parts that were written.

use std::convert::Infallible;

use futures_util::FutureExt;
use futures_util::stream;
use logto_admin::transport::Method;
use logto_admin::types::{Part, Upload};
use multer::bytes::Bytes;
use multer::{Multipart, parse_boundary};

use crate::fields::Fields;
use crate::stage;

pub fn seeds() -> Vec<Vec<u8>> {
    let part = |fields: &[&[u8]]| fields.join(&0xff);
    [
        part(&[b"text", b"kind", b"avatar"]),
        part(&[b"file", b"file", b"a\"b\r\n.png", b"image/png", b"\x89PNG\r\n\x1a\n--"]),
        part(&[b"text", b"a", b"logto-admin-0000000000000000", b"text", b"b", b"logto-admin-0000000000000001"]),
        part(&[b"text", b"a", b"\r\n--logto-admin-0000000000000000--\r\n", b"file", b"", b"", b"a\nb: c", b""]),
        part(&[b"text", "\u{e9}\\;=".as_bytes(), "\u{65e5}".as_bytes()]),
        Vec::new(),
    ]
    .to_vec()
}

pub fn check(data: &[u8]) {
    let parts = parts(data);
    let request = stage::silent().request(Method::Post, "/api/user-assets").multipart(&parts).to_http();
    let request = request.expect("any parts can be written");
    let content_type = request.headers.get("content-type").expect("a content type");
    let body: Result<Bytes, Infallible> = Ok(Bytes::from(request.body.bytes().to_vec()));
    let boundary = parse_boundary(content_type).expect("a boundary");
    let read = read(Multipart::new(stream::iter([body]), boundary)).now_or_never().expect("the body is complete");
    let written: Vec<Read> = parts.iter().map(expected).collect();
    assert_eq!(read, written);
}

fn parts(data: &[u8]) -> Vec<Part> {
    let mut fields = Fields::of(data);
    let mut parts = Vec::new();
    while let Some(kind) = fields.next() {
        let name = named(&fields.text());
        parts.push(match kind.as_ref() {
            "file" => {
                let (file_name, content_type) = (named(&fields.text()), fields.text());
                Part::file(name, Upload::new(file_name, named(&content_type), fields.text().into_owned()))
            }
            _ => Part::text(name, fields.text()),
        });
    }
    parts
}

/// Removes what readers reject in a header. These are control characters other than line breaks, and backslashes, which
/// browsers write as they are and some readers remove.
fn named(text: &str) -> String {
    let is_read =
        |character: &char| matches!(character, '\r' | '\n') || !(character.is_control() || *character == '\\');
    text.chars().filter(is_read).collect()
}

#[derive(Debug, PartialEq)]
struct Read {
    name: Option<String>,
    file_name: Option<String>,
    bytes: Vec<u8>,
}

fn expected(part: &Part) -> Read {
    match part {
        Part::Text { name, value } => Read { name: Some(quoted(name)), file_name: None, bytes: value.clone().into() },
        Part::File { name, file } => {
            Read { name: Some(quoted(name)), file_name: Some(quoted(&file.file_name)), bytes: file.bytes.to_vec() }
        }
        _ => unreachable!("unexpected kind of part"),
    }
}

/// The form in which browsers send a name, which readers keep.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

async fn read(mut body: Multipart<'_>) -> Vec<Read> {
    let mut parts = Vec::new();
    while let Some(field) = body.next_field().await.expect("a part") {
        let (name, file_name) = (field.name().map(str::to_owned), field.file_name().map(str::to_owned));
        parts.push(Read { name, file_name, bytes: field.bytes().await.expect("the content of a part").to_vec() });
    }
    parts
}
