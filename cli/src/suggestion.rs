//! Suggestions for misspelt names.

use similar::get_close_matches;

use crate::terminal::shown;

/// Returns `; did you mean …?` if one of the names is similar.
pub(crate) fn suggestion(name: &str, names: &[&str]) -> Option<String> {
    let close = get_close_matches(name, names, 1, 0.6);
    close.first().map(|found| format!("; did you mean `{}`?", shown(found)))
}
