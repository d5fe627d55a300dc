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

/// Names as browsers write them.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// The first of a row of candidates that stands in no part, so that the same parts give the same body.
fn boundary(parts: &[Part]) -> String {
    let candidates = (0_u64..).map(|number| format!("logto-admin-{number:016x}"));
    let free = |candidate: &String| !parts.iter().any(|part| contains(part, candidate.as_bytes()));
    candidates.into_iter().find(free).unwrap_or_default()
}

fn contains(part: &Part, needle: &[u8]) -> bool {
    let content = match part {
        Part::Text { value, .. } => value.as_bytes(),
        Part::File { file, .. } => file.bytes.as_ref(),
    };
    content.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Upload;

    #[test]
    fn parts_are_written_as_browsers_do() {
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
    fn the_boundary_stands_in_no_part() {
        let encoded = encode(&[Part::text("a", "logto-admin-0000000000000000")]);
        assert!(encoded.content_type.ends_with("logto-admin-0000000000000001"));
    }
}
