//! Finds numbers in JSON that lose digits when they are parsed, as in JavaScript.
//!
//! Numbers of more than 64 bits become doubles. `1e21` is written again as the same number, and
//! `123456789012345678901` is not. After the parser, both are doubles, so the text is compared.

/// Whether a number in a text of JSON has digits that a double does not keep. The number has more than 64 bits.
pub(crate) fn loses_digits(json: &str) -> bool {
    let mut rest = json;
    while let Some((number, after)) = next_number(rest) {
        if is_lossy(number) {
            return true;
        }
        rest = after;
    }
    false
}

/// Returns the first number, and the text after it. Skips strings.
fn next_number(json: &str) -> Option<(&str, &str)> {
    let mut rest = json;
    loop {
        let at = rest.find(|letter: char| letter == '"' || letter == '-' || letter.is_ascii_digit())?;
        let (_, found) = rest.split_at_checked(at)?;
        let Some(string) = found.strip_prefix('"') else {
            let is_of_number = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
            let end = found.find(|letter| !is_of_number(letter)).unwrap_or(found.len());
            return found.split_at_checked(end);
        };
        rest = after_string(string)?;
    }
}

/// Returns what follows the quote that ends a string.
fn after_string(text: &str) -> Option<&str> {
    let mut letters = text.chars();
    loop {
        match letters.next()? {
            '"' => return Some(letters.as_str()),
            '\\' => drop(letters.next()),
            _ => {}
        }
    }
}

fn is_lossy(number: &str) -> bool {
    let is_of_64_bits = || number.parse::<u64>().is_ok() || number.parse::<i64>().is_ok();
    let Ok(parsed) = number.parse::<f64>() else { return false };
    parsed.abs() >= super::json_object::TWO_TO_63
        && !is_of_64_bits()
        && decimal(number) != decimal(&format!("{parsed:e}"))
}

/// Returns the significant digits of a number, and the power of ten of the last. Leaves out the sign, which is never
/// lost.
fn decimal(number: &str) -> (String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let significant = digits.trim_end_matches('0');
    let power = exponent.parse::<i64>().unwrap_or_default() + (digits.len() - significant.len()) as i64;
    (significant.trim_start_matches('0').to_owned(), power - fraction.len() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_written_again_keep_their_digits() {
        for kept in [
            "1e21",
            "[-1E+21, 1e+23, 1000000000000000000000, 100e19, 0.001e24, 1.0e21]",
            "1.7976931348623157e308",
            "{\"n\":18446744073709552000, \"m\": 1.2345678901234568e29}",
            "[18446744073709551615, -9223372036854775808, 0.1, 3.141592653589793238462643]",
            r#"{ "a\"123456789012345678901": "123456789012345678901\\" }"#,
            "",
        ] {
            assert!(!loses_digits(kept), "{kept}");
        }
    }

    #[test]
    fn numbers_with_more_digits_lose_some() {
        for lossy in [
            "18446744073709551616",
            "-9223372036854775809",
            "123456789012345678901e0",
            "1.23456789012345678901e20",
            "100000000000000000000001",
            r#"["\\", {"a": [1e21, 123456789012345678901]}]"#,
        ] {
            assert!(loses_digits(lossy), "{lossy}");
        }
    }

    #[test]
    fn what_this_program_writes_keeps_its_digits() {
        for bits in [0x43e0_0000_0000_0000_u64, 0x4444_b1ae_4d6e_2ef5, 0x7fef_ffff_ffff_ffff, 0x4480_0000_0000_0001] {
            let written = serde_json::json!([f64::from_bits(bits)]).to_string();
            assert!(!loses_digits(&written), "{written}");
        }
    }
}
