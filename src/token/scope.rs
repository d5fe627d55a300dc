//! Scopes that were requested but not granted.

/// The scope that Logto's predefined role for the Management API grants.
pub(crate) const DEFAULT_SCOPE: &str = "all";

/// Returns the names of `asked` that `granted` lacks, separated by spaces. `None` if it lacks none.
///
/// Logto omits the member if it grants nothing. Organization tokens and exchanged tokens might carry an empty scope that
/// has no meaning (`may_be_silent`).
pub(super) fn missing(asked: Option<&str>, granted: Option<&str>, may_be_silent: bool) -> Option<String> {
    if may_be_silent && granted == Some("") {
        return None;
    }
    let granted = granted.unwrap_or_default();
    let has = |name: &str| granted.split_ascii_whitespace().any(|given| given == name);
    let mut missing = String::new();
    for name in asked?.split_ascii_whitespace().filter(|name| !has(name)) {
        if !missing.is_empty() {
            missing.push(' ');
        }
        missing.push_str(name);
    }
    Some(missing).filter(|missing| !missing.is_empty())
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn only_requested_scope_can_be_missing() {
        for (asked, granted, expected) in [
            (Some("all"), Some("all"), None),
            (Some("all"), Some("read all"), None),
            (Some("all"), None, Some("all")),
            (Some("all"), Some(""), Some("all")),
            (Some("read write"), Some("write"), Some("read")),
            (Some("read write manage"), Some("write"), Some("read manage")),
            (Some("read  write "), Some("write read"), None),
            (Some("users"), Some("users:read"), Some("users")),
            (Some(""), None, None),
            (None, None, None),
            (None, Some("all"), None),
        ] {
            assert_eq!(missing(asked, granted, false).as_deref(), expected, "{asked:?} {granted:?}");
        }
    }

    #[test]
    fn an_empty_scope_is_ignored_where_it_has_no_meaning() {
        assert_eq!(missing(Some("read"), Some(""), true), None);
        assert_eq!(missing(Some("read"), None, true).as_deref(), Some("read"));
    }
}
