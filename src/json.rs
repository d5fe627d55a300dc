//! Reads single members of a JSON object without a general decoder, which would cost 12 KB of wasm.

/// The value of a top-level member, as JSON text.
pub(crate) fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = object.trim_ascii_start().strip_prefix('{')?.trim_ascii_start();
    while rest.starts_with('"') {
        let (key, after_key) = split_value(rest)?;
        let (value, after_value) = split_value(after_key.trim_ascii_start().strip_prefix(':')?.trim_ascii_start())?;
        if string(key).as_deref() == Some(name) {
            return Some(value);
        }
        rest = after_value.trim_ascii_start().strip_prefix(',')?.trim_ascii_start();
    }
    None
}

/// A top-level member that is a string.
pub(crate) fn string_member(object: &str, name: &str) -> Option<String> {
    string(member(object, name)?)
}

/// A top-level member that is a number from 0, or a string that holds one.
pub(crate) fn whole_number_member(object: &str, name: &str) -> Option<u64> {
    let value = member(object, name)?;
    whole_number(value.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(value))
}

/// A number from 0; what follows its point is cut off.
///
/// The tables that read a fraction exactly would cost 15 KB of wasm.
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    text.split('.').next()?.parse().ok()
}

/// Cuts the first JSON value off a text that starts with one.
fn split_value(text: &str) -> Option<(&str, &str)> {
    let end = match text.bytes().next()? {
        b'"' => string_end(text)?,
        b'{' | b'[' => nested_end(text)?,
        _ => text.find([',', '}', ']', ' ', '\n', '\r', '\t']).unwrap_or(text.len()),
    };
    text.split_at_checked(end)
}

/// Where the string ends that `text` starts with, its quotes included.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the object or list ends that `text` starts with.
fn nested_end(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = text.get(at..)?;
        match rest.bytes().next()? {
            b'"' => {
                at += string_end(rest)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += rest.chars().next()?.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Decodes a JSON string, quotes included.
fn string(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut decoded = String::new();
    while let Some(character) = rest.next() {
        decoded.push(if character == '\\' { escape(&mut rest)? } else { character });
    }
    Some(decoded)
}

fn escape(rest: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => unicode(rest)?,
        other => other,
    })
}

/// A `\u` escape; the two halves of a pair outside of the basic plane are joined.
fn unicode(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let first = hex4(rest)?;
    if !(0xD800..0xDC00).contains(&first) {
        return Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (rest.next()? == '\\' && rest.next()? == 'u').then_some(())?;
    let second = hex4(rest)?.wrapping_sub(0xDC00) & 0x3FF;
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + second)
}

fn hex4(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |value, _| Some(value * 16 + rest.next()?.to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: &str = r#" {"data": {"code": "inner", "x": [1, "}"]}, "n": 3600, "s": "60" , "message" : "a \"b\" \\ \u00e9\ud83d\ude00\n", "code":"entity.not_found"} "#;

    #[test]
    fn finds_top_level_members_only() {
        assert_eq!(string_member(ERROR, "code").as_deref(), Some("entity.not_found"));
        assert_eq!(string_member(ERROR, "message").as_deref(), Some("a \"b\" \\ é😀\n"));
        assert_eq!(member(ERROR, "data"), Some(r#"{"code": "inner", "x": [1, "}"]}"#));
        assert_eq!(member(ERROR, "x"), None);
    }

    #[test]
    fn reads_numbers_also_from_strings() {
        assert_eq!(whole_number_member(ERROR, "n"), Some(3600));
        assert_eq!(whole_number_member(ERROR, "s"), Some(60));
        assert_eq!(whole_number_member(ERROR, "code"), None);
        assert_eq!(whole_number_member(r#"{"n": 59.9}"#, "n"), Some(59));
        assert_eq!(whole_number_member(r#"{"n": -1}"#, "n"), None);
    }

    #[test]
    fn whatever_is_not_an_object_has_no_members() {
        for text in [
            "",
            "null",
            "[]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "<html>",
            "\"code\"",
            "{\"code\":\"x",
            "{\"a\":[\"",
            "{\"a\\",
            "}{",
            "{\"a\":{]",
        ] {
            assert_eq!(member(text, "code"), None, "{text}");
        }
    }

    #[test]
    fn agrees_with_serde_json_on_every_escape() {
        for original in ["", "\u{0}\u{1f}\"\\/", "日本", "a\u{10ffff}b"] {
            let object = serde_json::json!({ "v": original }).to_string();
            assert_eq!(string_member(&object, "v").as_deref(), Some(original));
        }
    }
}
