//! URLs with wildcards. A `*` stands for characters of one label of the host, or of one segment of the path.

/// Returns whether a URL matches a pattern.
pub(crate) fn matches(pattern: &str, url: &str) -> bool {
    let (Some(pattern), Some(url)) = (Parts::of(pattern), Parts::of(url)) else { return false };
    let of_label = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    pattern.scheme == url.scheme
        && pattern.port_and_query == url.port_and_query
        && fits(pattern.host, url.host, of_label)
        && fits(pattern.path, url.path, |character| character != '/')
}

/// Returns whether the host of a pattern is a name in a domain. Without wildcards, any host is.
pub(crate) fn is_in_a_domain(pattern: &str) -> bool {
    let host = Parts::of(pattern).map(|parts| parts.host);
    host.is_none_or(|host| !host.contains('*') || host.contains('.'))
}

struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
    /// Parts without wildcards.
    port_and_query: (&'a str, &'a str),
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        let (path, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
        Some(Self { scheme, host, path, port_and_query: (port, query) })
    }
}

/// Returns whether text matches a pattern. A wildcard stands for one or more of the characters.
fn fits(pattern: &str, text: &str, stands_for: impl Fn(char) -> bool) -> bool {
    let suits = |part: &str| !part.is_empty() && part.chars().all(&stands_for);
    let mut literals = pattern.split('*');
    let first = literals.next().and_then(|literal| text.strip_prefix(literal));
    let (Some(mut rest), last) = (first, literals.next_back()) else { return false };
    for literal in literals {
        // The shortest part that a wildcard can stand for leaves the most to the others.
        let mut parts = rest.char_indices().skip(1).map(|(at, _)| rest.split_at(at));
        let found = parts.find_map(|(part, after)| Some((part, after.strip_prefix(literal)?)));
        match found.filter(|(part, _)| suits(part)) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    last.map_or(rest.is_empty(), |last| rest.strip_suffix(last).is_some_and(suits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_a_part_of_a_label_or_segment() {
        let cases: [(&str, &[&str], &[&str]); 5] = [
            (
                "https://*.a.example/cb",
                &["https://x.a.example/cb", "https://x-1.a.example/cb"],
                &[
                    "https://a.example/cb",
                    "https://.a.example/cb",
                    "https://x.y.a.example/cb",
                    "https://x.a.example/cb/",
                    "https://x.a.example/cb?q=1",
                    "https://x.a.example/cb#f",
                    "https://x.a.example:81/cb",
                    "https://evil@x.a.example/cb",
                    "https://evil/x.a.example/cb",
                    "https://evil?x.a.example/cb",
                    "https://evil#x.a.example/cb",
                    "https://evil\\x.a.example/cb",
                    "http://x.a.example/cb",
                ],
            ),
            ("https://a-*-*.example:81/", &["https://a-b-c-d.example:81/"], &["https://a-b.example:81/"]),
            (
                "https://a.example/*/cb",
                &["https://a.example/x/cb"],
                &["https://a.example//cb", "https://a.example/x/y/cb"],
            ),
            ("https://a.example/cb?*", &["https://a.example/cb?*"], &["https://a.example/cb?x"]),
            ("https://*aab.example", &["https://aaab.example"], &["https://aab.example"]),
        ];
        for (pattern, matching, others) in cases {
            matching.iter().for_each(|url| assert!(matches(pattern, url), "{pattern} {url}"));
            others.iter().for_each(|url| assert!(!matches(pattern, url), "{pattern} {url}"));
        }
    }

    #[test]
    fn hosts_with_wildcards_are_in_a_domain() {
        for pattern in
            ["https://*.a.example", "https://x-*.example/", "https://localhost:3000/", "io.logto://cb", "urn:*"]
        {
            assert!(is_in_a_domain(pattern), "{pattern}");
        }
        for pattern in ["https://*", "https://*/cb", "https://*:3000/a.b", "https://a*/a.b", "https://*?a.b"] {
            assert!(!is_in_a_domain(pattern), "{pattern}");
        }
    }
}
