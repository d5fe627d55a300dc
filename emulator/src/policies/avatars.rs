//! Pictures of users. Their content decides what they are, not what the client calls them.

/// The media types of pictures, with the extension of files and the first bytes.
const TYPES: [(&str, &str, &[u8]); 5] = [
    ("image/jpeg", "jpeg", &[0xff, 0xd8, 0xff]),
    ("image/png", "png", b"\x89PNG\r\n\x1a\n"),
    ("image/gif", "gif", b"GIF8"),
    ("image/bmp", "bmp", b"BM"),
    ("image/webp", "webp", b"RIFF"),
];
/// Characters of a file name.
const LONGEST_NAME: usize = 128;

/// Returns the media type of a whole picture, and the extension of its files.
pub(crate) fn type_of(content: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |(kind, _, start): &&(&str, &str, &[u8])| {
        content.starts_with(start) && (*kind != "image/webp" || content.get(8..12) == Some(b"WEBP"))
    };
    let (kind, extension, _) = TYPES.iter().find(begins)?;
    is_whole(kind, content).then_some((*kind, *extension))
}

/// Returns whether the end of a picture is there.
fn is_whole(kind: &str, content: &[u8]) -> bool {
    let length = |at: usize| {
        let bytes = content.get(at..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    match kind {
        "image/jpeg" => content.ends_with(&[0xff, 0xd9]),
        "image/png" => content.ends_with(b"IEND\xae\x42\x60\x82"),
        "image/gif" => content.ends_with(b";"),
        "image/bmp" => length(2) == Some(content.len()),
        _ => length(4).and_then(|rest| rest.checked_add(8)) == Some(content.len()),
    }
}

/// Returns a name with characters that need no encoding only. It can be empty.
pub(crate) fn safe_name(name: &str) -> String {
    let safe =
        |letter: char| if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-') { letter } else { '-' };
    name.chars().map(safe).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_the_type() {
        let found = |content: &[u8]| type_of(content).map(|(kind, _)| kind);
        assert_eq!(found(b"\xff\xd8\xff\xe0 picture \xff\xd9"), Some("image/jpeg"));
        assert_eq!(found(b"\x89PNG\r\n\x1a\n picture IEND\xae\x42\x60\x82"), Some("image/png"));
        assert_eq!(found(b"GIF89a;"), Some("image/gif"));
        assert_eq!(found(b"BM\x08\0\0\0\0\0"), Some("image/bmp"));
        assert_eq!(found(b"RIFF\x08\0\0\0WEBP\0\0\0\0"), Some("image/webp"));
        let parts: [&[u8]; 8] = [
            b"",
            b"text",
            b"<svg/>",
            b"GIF89a",
            b"BM\x09\0\0\0\0\0",
            b"RIFF\x08\0\0\0WAVE\0\0\0\0",
            b"\xff\xd8\xff\xe0",
            b"\x89PNG\r\n\x1a\n",
        ];
        for part in parts {
            assert_eq!(found(part), None, "{part:?}");
        }
    }

    #[test]
    fn names_have_safe_characters() {
        assert_eq!(safe_name("a b/\u{e9}.png"), "a-b--.png");
        assert_eq!(safe_name(&"a".repeat(200)).len(), 128);
    }
}
