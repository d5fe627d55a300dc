//! Rules of the server for texts. They find only what the server certainly refuses.

use crate::credentials::is_scheme;

/// Returns why a text cannot be the name of a scope of a resource.
pub(super) fn of_scopes(text: &str) -> Option<&'static str> {
    text.contains(char::is_whitespace).then_some("the name of a scope has no spaces")
}

/// Returns why a text cannot be a URL. Applications can have schemes of their own.
pub(super) fn of_urls(text: &str) -> Option<&'static str> {
    const PROBLEM: &str = "it is not a URL";
    let Some((scheme, rest)) = text.trim().split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return Some(PROBLEM);
    };
    let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let host = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next().unwrap_or_default();
    (is_web && (host.is_empty() || host.contains(' '))).then_some(PROBLEM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_a_scheme_and_those_of_the_web_a_host() {
        for url in [
            "https://a.example/callback?x=y z",
            "HTTP://localhost:3000",
            "https://*.example.com",
            "my.app://cb",
            "my.app:",
        ] {
            assert_eq!(of_urls(url), None, "{url}");
        }
        for other in
            ["not a uri", "/callback", "a.example/callback", "https://", "https:///?a", "https://a b/c", ":x", ""]
        {
            assert!(of_urls(other).is_some(), "{other}");
        }
    }
}
