//! Uploaded files: parts of multipart forms.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::http::request::Incoming;

/// An uploaded file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Upload {
    /// The name of the file, without directories.
    pub name: String,
    /// The media type.
    pub kind: String,
    #[serde(with = "encoded")]
    pub content: Bytes,
}

/// Saves bytes as base64.
mod encoded {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(content: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(content))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}

/// The name of the part with the file.
const PART: &str = "file";

/// Returns the file of a multipart form.
pub(crate) fn file(request: &Incoming) -> Option<Upload> {
    let boundary = parameter(request.headers.get("content-type")?, "boundary")?;
    let delimiter = format!("--{boundary}");
    let body = &request.body;
    let mut places = places(body, delimiter.as_bytes()).peekable();
    while let Some(place) = places.next() {
        let end = places.peek().copied().unwrap_or(body.len());
        let part = body.get(place + delimiter.len()..end)?;
        if let Some(upload) = upload(body, part) {
            return Some(upload);
        }
    }
    None
}

fn upload(body: &Bytes, part: &[u8]) -> Option<Upload> {
    const BLANK: &[u8] = b"\r\n\r\n";
    let blank = places(part, BLANK).next()?;
    let head = String::from_utf8_lossy(part.get(..blank)?);
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned()).next()
    };
    let disposition = header("content-disposition")?;
    if parameter(&disposition, "name")? != PART {
        return None;
    }
    let content = part.get(blank + BLANK.len()..)?;
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let name = parameter(&disposition, "filename")?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let kind = header("content-type").unwrap_or_else(|| "application/octet-stream".to_owned());
    Some(Upload { name, kind, content: body.slice_ref(content) })
}

/// Returns a parameter of a header, without quotes.
fn parameter<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let parameters = header.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut found = parameters.filter(|(known, _)| known.trim().eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim().trim_matches('"'))
}

/// Returns where a sequence of bytes begins in a body.
fn places<'b>(body: &'b [u8], bytes: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    body.windows(bytes.len().max(1)).enumerate().filter(move |(_, window)| *window == bytes).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logto_admin::transport::{HttpRequest, Method};

    fn parsed(kind: &str, body: &str) -> Option<(String, String, Bytes)> {
        let mut request = HttpRequest::new(Method::Post, "http://host/api/user-assets");
        request.headers.set("content-type", kind.to_owned());
        request.body = body.to_owned().into();
        file(&Incoming::new(&request)).map(|file| (file.name, file.kind, file.content))
    }

    #[test]
    fn the_file_of_a_form_is_found_among_its_parts() {
        let form = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
            --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"dir/a.png\"\r\n\
            Content-Type: image/png\r\n\r\nab\r\n\r\ncd\r\n--b--\r\n";
        let expected = ("a.png".to_owned(), "image/png".to_owned(), Bytes::from("ab\r\n\r\ncd"));
        assert_eq!(parsed("multipart/form-data; boundary=\"b\"", form), Some(expected.clone()));
        assert_eq!(parsed("multipart/form-data; charset=x; Boundary=b", form), Some(expected));
    }

    #[test]
    fn malformed_forms_have_no_file() {
        for (kind, body) in [
            ("multipart/form-data", "--b"),
            ("multipart/form-data; boundary=", ""),
            ("multipart/form-data; boundary=b", ""),
            ("multipart/form-data; boundary=b", "--b--b\r\n\r\n--b"),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b--",
            ),
            ("application/json", "{}"),
        ] {
            assert_eq!(parsed(kind, body), None, "{body:?}");
        }
    }
}
