//! Values by names, a line each: for what is written to be read by this crate alone.

/// Adds a line; of a value of several lines the first.
pub(crate) fn push(lines: &mut String, name: &str, value: &str) {
    if !lines.is_empty() {
        lines.push('\n');
    }
    for part in [name, " ", value.split('\n').next().unwrap_or_default()] {
        lines.push_str(part);
    }
}

/// The value of a name.
pub(crate) fn find<'a>(lines: &'a str, name: &str) -> Option<&'a str> {
    lines.split('\n').find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_whole_names() {
        let mut lines = String::new();
        for (name, value) in [("scope", "read all"), ("scope_of", ""), ("", "nameless"), ("text", "two\nlines")] {
            push(&mut lines, name, value);
        }
        let found = ["scope", "scope_of", "", "text", "sco", "read"].map(|name| find(&lines, name));
        assert_eq!(found, [Some("read all"), Some(""), Some("nameless"), Some("two"), None, None]);
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!((find("", "a"), find("", "")), (None, None));
    }
}
