//! Phone numbers.

/// Returns the digits of a phone number with its country code.
pub(super) fn normal_phone(number: &str, country_code: Option<&str>) -> Result<String, &'static str> {
    let number = number.trim();
    let number = number.strip_prefix("tel:").unwrap_or(number);
    let national = |rest: &str| rest.replace("(0)", "");
    let (has_code, rest) = match (number.strip_prefix('+'), number.strip_prefix("00")) {
        (Some(rest), _) | (None, Some(rest)) => (true, national(rest)),
        (None, None) => (false, number.to_owned()),
    };
    if let Some(other) = rest.chars().find(|char| !(char.is_ascii_digit() || " -.()/\u{a0}".contains(*char))) {
        let is_extension = other.is_ascii_alphabetic() || other == '#';
        return Err(if is_extension { "the phone number has letters" } else { "the phone number is invalid" });
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let digits = match country_code {
        Some(code) if !has_code => format!("{code}{}", digits.trim_start_matches('0')),
        _ if digits.starts_with('0') && !has_code => {
            return Err("the phone number has no country code, which `--country-code` adds");
        }
        _ if digits.starts_with('0') => return Err("the phone number is invalid"),
        _ => digits,
    };
    if (7..=15).contains(&digits.len()) { Ok(digits) } else { Err("the phone number is invalid") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_become_digits_with_a_country_code() {
        for (number, digits) in [
            ("+1 (555) 010-0123", "15550100123"),
            ("0049 151 1234567", "491511234567"),
            ("+49 (0)151 / 123.45.67", "491511234567"),
            ("tel:+4415550100", "4415550100"),
            ("15550100123", "15550100123"),
        ] {
            assert_eq!(normal_phone(number, None).as_deref(), Ok(digits), "{number}");
        }
        assert_eq!(normal_phone("0151 1234567", Some("49")).as_deref(), Ok("491511234567"));
        assert_eq!(normal_phone("(555) 010-0123", Some("1")).as_deref(), Ok("15550100123"));
        assert_eq!(normal_phone("+44 1555 0100", Some("49")).as_deref(), Ok("4415550100"));
    }

    #[test]
    fn other_phone_numbers_are_rejected() {
        for (number, reason) in [
            ("0151 1234567", "the phone number has no country code, which `--country-code` adds"),
            ("+0151 1234567", "the phone number is invalid"),
            ("+1 555 0100 ext. 12", "the phone number has letters"),
            ("+1 555", "the phone number is invalid"),
            ("+1 555 0100 * 12", "the phone number is invalid"),
            ("1234567890123456", "the phone number is invalid"),
            ("", "the phone number is invalid"),
        ] {
            assert_eq!(normal_phone(number, None), Err(reason), "{number}");
        }
    }
}
