use std::fmt::{self, Write};

/// The maximum length of external text, in characters.
const MAX_CHARACTERS: usize = 500;

/// External text, such as a server's message, for one line of a log. Control characters and characters that change the
/// direction of text are escaped, and text over 500 characters is cut.
pub(crate) struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = self.0.char_indices().nth(MAX_CHARACTERS).map_or(self.0.len(), |(at, _)| at);
        let (shown, rest) = self.0.split_at_checked(cut).unwrap_or((self.0, ""));
        let mut plain_from = 0;
        for (at, character) in shown.char_indices().filter(|(_, character)| forges(*character)) {
            f.write_str(shown.get(plain_from..at).unwrap_or_default())?;
            character.escape_unicode().try_for_each(|part| f.write_char(part))?;
            plain_from = at + character.len_utf8();
        }
        f.write_str(shown.get(plain_from..).unwrap_or_default())?;
        if rest.is_empty() { Ok(()) } else { f.write_str("…") }
    }
}

/// Whether a character can forge or hide text in a log. Control characters, line separators and direction marks can.
fn forges(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_unchanged() {
        for text in ["", "entity.not_found", "naïve 日本 😀 \"quoted\" \\ back", &"x".repeat(MAX_CHARACTERS)] {
            assert_eq!(Printable(text).to_string(), text);
        }
    }

    #[test]
    fn characters_that_forge_log_lines_are_escaped() {
        let forged = "a\nERROR b\r\t\0\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}\u{2066}";
        let shown = Printable(forged).to_string();
        assert_eq!(shown, r"a\u{a}ERROR b\u{d}\u{9}\u{0}\u{1b}[31m\u{7f}\u{85}\u{2028}\u{202e}\u{2066}");
    }

    #[test]
    fn long_text_is_cut() {
        let shown = Printable(&"é".repeat(1 << 20)).to_string();
        assert_eq!(shown, format!("{}…", "é".repeat(MAX_CHARACTERS)));
    }
}
