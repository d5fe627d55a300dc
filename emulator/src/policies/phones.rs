//! Phone numbers as the server stores them: the digits of calling code and number.
//!
//! The server checks the numbering plan of each country. The emulator checks the calling code and the length.

/// Assigned calling codes, as ranges.
const CODES: [(u16, u16); 47] = [
    (1, 1),
    (7, 7),
    (20, 20),
    (27, 27),
    (30, 34),
    (36, 36),
    (39, 41),
    (43, 49),
    (51, 58),
    (60, 66),
    (81, 82),
    (84, 84),
    (86, 86),
    (90, 95),
    (98, 98),
    (211, 213),
    (216, 216),
    (218, 218),
    (220, 258),
    (260, 269),
    (290, 291),
    (297, 299),
    (350, 359),
    (370, 378),
    (380, 383),
    (385, 387),
    (389, 389),
    (420, 421),
    (423, 423),
    (500, 509),
    (590, 599),
    (670, 670),
    (672, 683),
    (685, 692),
    (800, 800),
    (808, 808),
    (850, 850),
    (852, 853),
    (855, 856),
    (870, 870),
    (878, 883),
    (886, 886),
    (888, 888),
    (960, 968),
    (970, 977),
    (992, 996),
    (998, 998),
];

/// The calling codes of countries in which a number can begin with a zero.
const WITH_ZERO: [u16; 5] = [39, 225, 241, 242, 378];
const NORTH_AMERICA: u16 = 1;
const SHORTEST: usize = 4;
/// Maximum length with the calling code.
const LONGEST: usize = 15;

/// Returns the number without a zero after the calling code. `None` if it is invalid.
pub(crate) fn normalized(digits: &str) -> Option<String> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (code, length) = (1..=3).find_map(|length| {
        let code = digits.get(..length)?.parse().ok()?;
        CODES.iter().any(|(first, last)| (*first..=*last).contains(&code)).then_some((code, length))
    })?;
    let number = digits.get(length..)?;
    let number = if WITH_ZERO.contains(&code) { number } else { number.strip_prefix('0').unwrap_or(number) };
    let fits = if code == NORTH_AMERICA {
        // Area and exchange codes begin with 2 to 9.
        number.len() == 10 && [0, 3].iter().all(|at| number.as_bytes().get(*at).is_some_and(|digit| *digit >= b'2'))
    } else {
        number.len() >= SHORTEST && length + number.len() <= LONGEST
    };
    fits.then(|| format!("{code}{number}"))
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn a_zero_after_the_calling_code_is_dropped() {
        for (digits, expected) in [
            ("61412345678", "61412345678"),
            ("610412345678", "61412345678"),
            ("3510912345678", "351912345678"),
            ("2348012345678", "2348012345678"),
            ("390612345678", "390612345678"),
            ("16502539407", "16502539407"),
        ] {
            assert_eq!(normalized(digits).as_deref(), Some(expected), "{digits}");
        }
    }

    #[test]
    fn numbers_without_calling_code_and_of_wrong_length_are_invalid() {
        for digits in
            ["", "1", "99999", "99912345678", "49123", "4912345678901234567", "1650253940", "11234567890", "+49301234"]
        {
            assert_eq!(normalized(digits), None, "{digits}");
        }
    }
}
