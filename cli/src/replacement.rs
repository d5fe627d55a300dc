//! Replaces parts of texts.

/// Replaces each part of a text that `find` recognizes.
///
/// `find` gets the text from a place on, and the character before that place. It returns the length of the part that
/// starts there, in bytes, and the replacement.
pub(crate) fn replaced<'r>(text: &str, find: impl Fn(&str, Option<char>) -> Option<(usize, &'r str)>) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    while let Some(letter) = rest.chars().next() {
        let found = find(rest, before);
        let length = found.map_or(letter.len_utf8(), |(length, _)| length);
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        written += found.map_or(part, |(_, replacement)| replacement);
        (rest, before) = (after, part.chars().next_back());
    }
    written
}

/// Length below which secrets are only hidden where they are a whole word. Shorter ones occur in many other words.
pub(crate) const SHORTEST: usize = 4;

/// Whether a secret to hide is at the start of a text that follows a letter.
pub(crate) fn is_at(secret: &str, text: &str, before: Option<char>) -> bool {
    let is_in_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.strip_prefix(secret).is_some_and(|after| {
        secret.chars().count() >= SHORTEST || !(is_in_word(before) || is_in_word(after.chars().next()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_replaced_from_left_to_right() {
        let hidden = replaced("aaa b\u{e4}a", |rest, before| {
            (rest.starts_with("aa") && before.is_none())
                .then_some((2, "[..]"))
                .or(rest.starts_with('\u{e4}').then_some((2, "-")))
        });
        assert_eq!(hidden, "[..]a b-a");
    }
}
