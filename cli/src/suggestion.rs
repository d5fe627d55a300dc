//! Suggestions for misspelt names and values.

use similar::get_close_matches;

use crate::terminal::shown;

/// Returns `; did you mean …?` if one of the names is similar.
pub(crate) fn suggestion(name: &str, names: &[&str]) -> Option<String> {
    let close = get_close_matches(name, names, 1, 0.6);
    close.first().map(|found| format!("; did you mean `{}`?", shown(found)))
}

/// More values than these are not listed if one of them is similar.
const FEW: usize = 8;
/// More values than these are never listed.
const MANY: usize = 60;

/// Returns the message about a value that `name` cannot have.
pub(crate) fn unknown_value(name: &str, value: &str, values: &[&str]) -> String {
    let similar = suggestion(value, values).filter(|_| values.len() > FEW);
    match similar {
        Some(hint) => format!("`{name}` cannot be `{}`{hint}", shown(value)),
        None if values.len() > MANY => format!("`{name}` cannot be `{}`", shown(value)),
        None => format!("`{name}` must be one of {}", values.join(", ")),
    }
}
