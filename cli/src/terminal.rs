//! Output on a terminal: messages and safe text. It has no characters that change what the terminal shows.

use std::io::Write;

/// Whether a character changes what a terminal shows. Control characters and characters that reverse text do.
pub(crate) fn changes_terminals(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns a text with escapes for the characters that change a terminal. Tabs stay as they are.
pub(crate) fn shown(text: &str) -> String {
    escaped(text, &['\t'])
}

/// Returns a text with escapes for the characters that change a terminal. Tabs and line breaks stay as they are.
pub(crate) fn shown_lines(text: &str) -> String {
    escaped(text, &['\t', '\n'])
}

fn escaped(text: &str, kept: &[char]) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if changes_terminals(letter) && !kept.contains(&letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Prints a message on standard error. Data of others cannot change the terminal with it.
pub fn message(text: &str) {
    // There is nowhere to report a failure to: the reader might be gone.
    let _ = writeln!(anstream::stderr(), "{}", shown_lines(text));
}

/// Asks for a secret at the terminal, without showing it.
pub(crate) fn hidden(what: &str) -> dialoguer::Result<String> {
    dialoguer::Password::new().with_prompt(what).interact()
}
