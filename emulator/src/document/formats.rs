//! The string formats and patterns that the API document uses.

/// A test for a string.
type Test = fn(&str) -> bool;

/// The JavaScript patterns in the document, and their tests. Other patterns match everything: there is no regex engine.
const PATTERNS: [(&str, Test); 5] = [
    (r"/^[A-Z_a-z]\w*$/", is_name),
    (r"/^\S+@\S+\.\S+$/", is_email),
    (r"/^\d+$/", is_digits),
    (r"/^#[\da-f]{3}([\da-f]{3})?$/i", is_color),
    (r"/^\d{4}(-\d{2}){2}/", begins_with_date),
];

/// Returns the kind of validation that the text fails, such as `url`.
pub(crate) fn mismatch(format: Option<&str>, pattern: Option<&str>, text: &str) -> Option<&'static str> {
    let unlike = |kind, test: Test| (!test(text)).then_some(kind);
    match format {
        Some("url") => unlike("url", is_url),
        Some("email") => unlike("email", is_email),
        _ => PATTERNS.iter().find(|(known, _)| pattern == Some(*known)).and_then(|(_, test)| unlike("regex", *test)),
    }
}

/// Returns the message for text that violates a rule of `amendments.rs`.
pub(crate) fn violation(rule: &str, text: &str) -> Option<&'static str> {
    let (fits, message) = match rule {
        "verification-path" => (
            is_verification_path(text),
            "The path must point to a file with an extension at the domain root or to a path under /.well-known/.",
        ),
        "mailgun-endpoint" => (text.ends_with(".mailgun.net"), "Invalid input: must end with \".mailgun.net\""),
        "web-address" => (text.is_empty() || is_web_address(text), "The URL must begin with http:// or https://."),
        _ => return None,
    };
    (!fits).then_some(message)
}

fn is_web_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && is_url(text)
}

/// A file with an extension at the root, or any path below `/.well-known/`.
fn is_verification_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('/') else { return false };
    if let Some(below) = rest.strip_prefix(".well-known/") {
        return below.split('/').all(is_file_name);
    }
    let mut extensions = rest.match_indices('.').filter_map(|(at, _)| rest.get(at..)?.strip_prefix('.'));
    is_file_name(rest) && extensions.any(is_file_name)
}

/// Letters, digits, `_` and `-`, and dots that are not first.
fn is_file_name(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    text.bytes().next().is_some_and(is_word) && text.bytes().all(|byte| is_word(byte) || byte == b'.')
}

/// Returns an example of this format or pattern.
pub(crate) fn example(format: Option<&str>, pattern: Option<&str>) -> Option<&'static str> {
    match (format, pattern) {
        (Some("url"), _) => Some("https://example.com/sample"),
        (Some("email"), _) => Some("sample@example.com"),
        (Some("date-time"), _) => Some("2025-01-01T00:00:00.000Z"),
        (_, Some(r"/^[A-Z_a-z]\w*$/")) => Some("sample"),
        (_, Some(r"/^\S+@\S+\.\S+$/")) => Some("sample@example.com"),
        (_, Some(r"/^\d+$/")) => Some("15550100"),
        (_, Some(r"/^#[\da-f]{3}([\da-f]{3})?$/i")) => Some("#5d34f2"),
        (_, Some(r"/^\d{4}(-\d{2}){2}/")) => Some("2025-01-01"),
        _ => None,
    }
}

fn is_name(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(word) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// `\S+@\S+\.\S+`: text, an at sign, text, a dot and text, without whitespace.
fn is_email(text: &str) -> bool {
    let at = text.bytes().skip(1).position(|byte| byte == b'@');
    let host = at.and_then(|at| text.get(at + 2..)).unwrap_or_default();
    let dot = host.bytes().enumerate().any(|(at, byte)| byte == b'.' && at > 0 && at + 1 < host.len());
    dot && !text.contains(char::is_whitespace)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

fn begins_with_date(text: &str) -> bool {
    let fits = |(index, byte): (usize, u8)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() >= 10 && text.bytes().take(10).enumerate().all(fits)
}

/// Returns whether the text has a scheme and, for `http` and `https`, a host.
pub(crate) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else { return false };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let valid = scheme.bytes().all(letters) && scheme.bytes().next().is_some_and(|first| first.is_ascii_alphabetic());
    let special = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https");
    let host = rest.trim_start_matches('/');
    valid && (!special || !(host.is_empty() || host.starts_with([':', '?', '#']) || host.contains(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_javascript() {
        let cases: [(&str, &[&str], &[&str]); 5] = [
            (PATTERNS[0].0, &["a", "_1", "A_b9"], &["", "1a", "a b", "ä", "a-b"]),
            (PATTERNS[1].0, &["a@b.c", "a@b@c.d", "a@b..c"], &["", "a", "@b.c", "a@b", "a@.c", "a@b.", "a b@c.d"]),
            (PATTERNS[2].0, &["1", "0049"], &["", "+49", "1 2", "٣"]),
            (PATTERNS[3].0, &["#fff", "#A1b2C3"], &["", "fff", "#ffff", "#ggg"]),
            (PATTERNS[4].0, &["2025-01-01", "2025-01-01T00"], &["", "2025-1-1", "25-01-01xx"]),
        ];
        for (pattern, taken, refused) in cases {
            for text in taken {
                assert_eq!(mismatch(Some("regex"), Some(pattern), text), None, "{pattern} {text:?}");
            }
            for text in refused {
                assert_eq!(mismatch(Some("regex"), Some(pattern), text), Some("regex"), "{pattern} {text:?}");
            }
        }
    }

    #[test]
    fn urls_need_a_scheme() {
        for text in ["https://a.example/b", "http://localhost:3001", "io.logto://callback", "mailto:a@b.c", "urn:x"] {
            assert!(is_url(text), "{text}");
        }
        for text in ["", "a", "a.example", "http://", "https:", "://a", "1a:b", "http://a b"] {
            assert!(!is_url(text), "{text}");
        }
    }

    #[test]
    fn examples_match_their_format_or_pattern() {
        for (pattern, _) in PATTERNS {
            let example = example(Some("regex"), Some(pattern)).unwrap();
            assert_eq!(mismatch(Some("regex"), Some(pattern), example), None);
        }
        for format in ["url", "email"] {
            assert_eq!(mismatch(Some(format), None, example(Some(format), None).unwrap()), None);
        }
    }
}
