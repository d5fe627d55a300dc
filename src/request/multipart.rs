//! Encodes `multipart/form-data`.

use crate::types::Part;

pub(crate) struct Encoded {
    pub content_type: String,
    pub body: Vec<u8>,
}

/// Encodes the parts, with a boundary that none of them contains.
pub(crate) fn encode(parts: &[Part]) -> Encoded {
    let boundary = boundary(parts);
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        write_part(part, &mut body);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Encoded { content_type: format!("multipart/form-data; boundary={boundary}"), body }
}

fn write_part(part: &Part, body: &mut Vec<u8>) {
    let (head, content) = match part {
        Part::Text { name, value } => (disposition(name), value.as_bytes()),
        Part::File { name, file } => {
            let kind = file.content_type.replace(['\r', '\n'], " ");
            let head =
                format!("{}; filename=\"{}\"\r\nContent-Type: {kind}", disposition(name), quoted(&file.file_name));
            (head, file.bytes.as_ref())
        }
    };
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(b"\r\n\r\n");
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n");
}

fn disposition(name: &str) -> String {
    format!("Content-Disposition: form-data; name=\"{}\"", quoted(name))
}

/// Escapes a name as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The start of every boundary. A number of [`HEX_DIGITS`] digits follows.
const PREFIX: &str = "logto-admin-";
const HEX_DIGITS: usize = 16;
const LENGTH: usize = PREFIX.len() + HEX_DIGITS;

/// Returns the boundary with the lowest number that no part contains. The same parts thus encode to the same body. One
/// pass over the content suffices: candidates cannot overlap, so fewer of them fit into the content than are
/// considered.
fn boundary(parts: &[Part]) -> String {
    let size: usize = parts.iter().map(|part| content(part).len()).sum();
    let mut taken = vec![false; size / LENGTH + 1];
    for window in parts.iter().flat_map(|part| content(part).windows(LENGTH)) {
        if let Some(slot) = candidate(window).and_then(|number| taken.get_mut(number)) {
            *slot = true;
        }
    }
    let free = taken.iter().position(|taken| !taken).unwrap_or_default();
    format!("{PREFIX}{free:0HEX_DIGITS$x}")
}

/// Returns the number of a boundary, if `bytes` is one.
fn candidate(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.strip_prefix(PREFIX.as_bytes())?;
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    usize::from_str_radix(digits, 16).ok()
}

fn content(part: &Part) -> &[u8] {
    match part {
        Part::Text { value, .. } => value.as_bytes(),
        Part::File { file, .. } => &file.bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Upload;

    #[test]
    fn parts_are_encoded_as_in_browsers() {
        let file = Upload::new("a\"b\r\n.png", "image/png", vec![0, 255]);
        let encoded = encode(&[Part::text("kind", "avatar"), Part::file("file", file)]);
        let boundary = "logto-admin-0000000000000000";
        assert_eq!(encoded.content_type, format!("multipart/form-data; boundary={boundary}"));
        let expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\navatar\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.png\"\r\nContent-Type: image/png\r\n\r\n"
        );
        let expected = [expected.as_bytes(), &[0, 255], format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        assert_eq!(encoded.body, expected);
    }

    #[test]
    fn no_part_contains_the_boundary() {
        let encoded = encode(&[Part::text("a", "logto-admin-0000000000000000")]);
        assert!(encoded.content_type.ends_with("logto-admin-0000000000000001"));
        // Spread over parts, out of order, glued together, and among texts that only look alike.
        let (text, file) =
            ("xlogto-admin-0000000000000002logto-admin-0000000000000000", "logto-admin-0000000000000001-");
        let near =
            Part::text("c", "logto-admin-000000000000000 logto-admin-+000000000000003 LOGTO-ADMIN-0000000000000003");
        let file = Part::file("b", Upload::new("b", "text/plain", file));
        let encoded = encode(&[Part::text("a", text), file, near]);
        assert!(encoded.content_type.ends_with("logto-admin-0000000000000003"), "{}", encoded.content_type);
    }

    #[test]
    fn content_full_of_boundaries_takes_one_pass() {
        // With one search per candidate, this would run for minutes.
        let content: String = (0_u64..40_000).map(|number| format!("logto-admin-{number:016x}")).collect();
        let encoded = encode(&[Part::file("file", Upload::new("a", "text/plain", content))]);
        assert!(encoded.content_type.ends_with(&format!("logto-admin-{:016x}", 40_000)));
    }
}
