//! URLs with wildcards. A `*` stands for characters of one label of the host, or of one segment of the path.

/// Returns whether a URL matches a pattern.
pub(crate) fn matches(pattern: &str, url: &str) -> bool {
    let (Some(pattern), Some(url)) = (Parts::of(pattern), Parts::of(url)) else { return false };
    pattern.scheme == url.scheme
        && pattern.port_and_query == url.port_and_query
        && fits(pattern.host, url.host, is_of_label)
        && fits(pattern.path, url.path, |character| character != '/')
}

/// Returns whether applications can have a URL as a redirect URI. A wildcard must be in a name in a domain or in a path.
pub(crate) fn is_redirect(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default().trim_start().to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return scheme.split('.').all(|part| !part.is_empty());
    }
    let Some(parts) = Parts::of(url) else { return !url.contains('*') };
    let (port, query) = parts.port_and_query;
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().as_str(), "." | ".." | "%2e" | "%2e%2e");
    let is_elsewhere = parts.scheme.contains('*') || port.contains('*') || query.contains('*');
    let is_name = !parts.host.starts_with('[') && !parts.host.contains('@') && !port.contains('@');
    let is_broad = parts.host.contains('*') && !parts.host.contains('.');
    !parts.path.split('/').any(is_dots) && (!url.contains('*') || is_name && !is_elsewhere && !is_broad)
}

/// Returns whether a URL that matches a pattern can have this origin.
pub(crate) fn has_origin(pattern: &str, origin: &str) -> bool {
    let (Some(pattern), Some(origin)) = (Parts::of(pattern), Parts::of(origin)) else { return false };
    let host = pattern.host.to_ascii_lowercase();
    pattern.scheme == origin.scheme && pattern.port() == origin.port() && fits(&host, origin.host, is_of_label)
}

/// Returns whether a wildcard in a host can stand for a character.
const fn is_of_label(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
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

    fn port(&self) -> &'a str {
        match (self.port_and_query.0, self.scheme) {
            ("", "http") => ":80",
            ("", "https") => ":443",
            (port, _) => port,
        }
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
    fn the_origin_of_a_pattern_has_its_scheme_host_and_port() {
        for (pattern, origin) in [
            ("https://a.example/cb?q", "https://a.example"),
            ("https://A.example:443/cb", "https://a.example"),
            ("http://localhost:5173/cb", "http://localhost:5173"),
            ("http://[::1]:5173", "http://[::1]:5173"),
            ("https://*.a.example/cb", "https://x.a.example"),
        ] {
            assert!(has_origin(pattern, origin), "{pattern} {origin}");
        }
        for (pattern, origin) in [
            ("https://a.example/cb", "http://a.example"),
            ("https://a.example/cb", "https://a.example:81"),
            ("https://a.example/cb", "https://a.example.evil"),
            ("https://*.a.example/cb", "https://x.y.a.example"),
            ("io.logto://cb", "null"),
        ] {
            assert!(!has_origin(pattern, origin), "{pattern} {origin}");
        }
    }

    #[test]
    fn wildcards_of_redirects_are_in_names_of_a_domain_or_in_paths() {
        let accepted = [
            "https://*.a.example",
            "https://x-*.example/",
            "https://localhost:3000/",
            "https://a.example/*/cb",
            "http://[::1]/cb?q=.",
            "io.logto://cb",
            "io.logto.a+b:/..",
            "urn:*",
        ];
        for url in accepted {
            assert!(is_redirect(url), "{url}");
        }
        let refused = [
            "https://*",
            "https://*/cb",
            "https://*:3000/a.b",
            "https://a*/a.b",
            "https://*?a.b",
            "https://a.example:*/",
            "https://a.example/?q=*",
            "https://a.example/#*",
            "https://u:p@*.a.example/",
            "https://[::1]/*",
            "https://a.example/x/../cb",
            "https://a.example/%2E%2e/cb",
            "io..logto://cb",
        ];
        for url in refused {
            assert!(!is_redirect(url), "{url}");
        }
    }
}
