//! URLs, parsed according to the WHATWG standard. Natively with the `url` crate, on the web with the host's `URL`.

use std::borrow::Cow;

/// A parsed and normalised URL. Scheme and host are in lower case, default ports are absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    href: String,
    scheme: String,
    host: String,
    port: Option<u16>,
    path: String,
    has_credentials: bool,
    has_query_or_fragment: bool,
}

impl Url {
    /// Parses an absolute http or https URL. Parsers disagree on text with whitespace, control characters and
    /// backslashes, and on schemes without slashes, so such text is rejected.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if is_ambiguous(text) || !has_authority(text) {
            None
        } else {
            platform::parse(text, None).filter(Self::is_http)
        }
    }

    /// Resolves a reference, such as the `location` of a redirect, against this URL.
    pub(crate) fn join(&self, reference: &str) -> Option<Self> {
        if is_ambiguous(reference) || (has_scheme(reference) && !has_authority(reference)) {
            return None;
        }
        platform::parse(reference, Some(&self.href)).filter(Self::is_http)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.href
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https") && !self.host.is_empty()
    }

    /// Returns the host name or the IP address. IPv6 addresses are in brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port, or the default port of the scheme.
    #[allow(dead_code, reason = "only spans show it")]
    pub(crate) fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Returns the path, which starts with a slash.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) const fn has_credentials(&self) -> bool {
        self.has_credentials
    }

    pub(crate) const fn has_query_or_fragment(&self) -> bool {
        self.has_query_or_fragment
    }

    /// Whether scheme, host and port are the same.
    pub(crate) fn is_same_origin(&self, other: &Self) -> bool {
        (&self.scheme, &self.host, self.port) == (&other.scheme, &other.host, other.port)
    }
}

/// Whether the text contains characters that URL parsers strip or replace.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    text.chars().any(|character| character.is_whitespace() || character.is_control() || character == '\\')
}

fn has_scheme(text: &str) -> bool {
    text.split(['/', '?', '#']).next().unwrap_or_default().contains(':')
}

fn has_authority(text: &str) -> bool {
    let bare = |scheme: &str| !scheme.contains(['/', '?', '#']);
    text.split_once("://").is_some_and(|(scheme, _)| bare(scheme))
}

/// Returns a URL for errors, logs and debug output. It has no user name, password, query and fragment.
pub(crate) fn shown(url: &str) -> Cow<'_, str> {
    let is_path = url.starts_with('/') && !url.starts_with("//");
    // Some parsers read the full-width sign as `@`.
    let Some((before, after)) = url.rsplit_once(['@', '\u{ff20}']).filter(|_| !is_path) else {
        return Cow::Borrowed(plain(url));
    };
    let scheme = before.split_once("://").filter(|(scheme, _)| scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let names_port = scheme.is_some_and(|(_, rest)| rest.split('/').next().unwrap_or_default().contains(':'));
    match Url::parse(url).filter(|url| !url.has_credentials) {
        Some(_) if !names_port => Cow::Borrowed(plain(url)),
        // An apparent port might be the start of a password that contains a slash.
        Some(parsed) => Cow::Owned(format!("{}://{}", parsed.scheme, parsed.host)),
        // A password that contains a slash, `?` or `#` ends at the last `@`.
        None => match scheme {
            Some((scheme, _)) => Cow::Owned(format!("{scheme}://{}", plain(after))),
            None => Cow::Borrowed(plain(after)),
        },
    }
}

/// Removes query and fragment.
fn plain(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod platform {
    use super::Url;

    pub(super) fn parse(text: &str, base: Option<&str>) -> Option<Url> {
        let base = base.map(url::Url::parse).transpose().ok()?;
        let url = url::Url::options().base_url(base.as_ref()).parse(text).ok()?;
        Some(Url {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port(),
            path: url.path().to_owned(),
            has_credentials: !url.username().is_empty() || url.password().is_some(),
            has_query_or_fragment: url.query().is_some() || url.fragment().is_some(),
            href: url.into(),
        })
    }
}

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod platform {
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use super::Url;

    #[wasm_bindgen]
    extern "C" {
        type URL;

        #[wasm_bindgen(catch, constructor)]
        fn new(text: &str) -> Result<URL, JsValue>;

        #[wasm_bindgen(catch, constructor)]
        fn with_base(text: &str, base: &str) -> Result<URL, JsValue>;

        #[wasm_bindgen(method, getter)]
        fn href(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn protocol(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn hostname(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn port(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn pathname(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn username(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn password(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn search(this: &URL) -> String;

        #[wasm_bindgen(method, getter)]
        fn hash(this: &URL) -> String;
    }

    pub(super) fn parse(text: &str, base: Option<&str>) -> Option<Url> {
        let url = base.map_or_else(|| URL::new(text), |base| URL::with_base(text, base)).ok()?;
        Some(Url {
            href: url.href(),
            scheme: url.protocol().trim_end_matches(':').to_owned(),
            host: url.hostname(),
            port: url.port().parse().ok(),
            path: url.pathname(),
            has_credentials: !url.username().is_empty() || !url.password().is_empty(),
            has_query_or_fragment: !url.search().is_empty() || !url.hash().is_empty(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_normalised() {
        for (text, href) in [
            ("https://id.example.com", "https://id.example.com/"),
            ("HTTPS://ID.Example.com:443/Auth", "https://id.example.com/Auth"),
            ("http://LOCALHOST:80", "http://localhost/"),
            ("http://[0:0:0:0:0:0:0:1]:3001", "http://[::1]:3001/"),
            ("https://müller.example", "https://xn--mller-kva.example/"),
        ] {
            assert_eq!(Url::parse(text).as_ref().map(Url::as_str), Some(href), "{text}");
        }
    }

    #[test]
    fn text_that_parsers_read_differently_is_rejected() {
        for text in [
            "",
            "id.example.com",
            "localhost:3001",
            "https:id.example.com",
            "https:/id.example.com",
            "https:\\\\id.example.com",
            "https://id.example.com\\@evil.example",
            " https://id.example.com",
            "https://id\n.example.com",
            "https://id example.com",
            "ftp://id.example.com",
            "javascript://id.example.com",
            "/https://id.example.com",
        ] {
            assert_eq!(Url::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn origins_are_compared_after_normalisation() {
        let url = |text| Url::parse(text).unwrap();
        let origin = url("https://id.example.com/a");
        for same in ["HTTPS://ID.example.com/b", "https://id.example.com:443"] {
            assert!(origin.is_same_origin(&url(same)), "{same}");
        }
        for other in ["http://id.example.com", "https://id.example.com:8443", "https://example.com"] {
            assert!(!origin.is_same_origin(&url(other)), "{other}");
        }
    }

    #[test]
    fn credentials_queries_and_fragments_are_not_shown() {
        for (url, expected) in [
            ("https://user:pw@id.example.com/a?b=c#d", "https://id.example.com/a"),
            ("https://user:p@w@id.example.com", "https://id.example.com"),
            ("https://user:pw@id.example.com\\@x/a@b", "https://b"),
            ("user:pw@id.example.com", "id.example.com"),
            ("https://ada:s3/cret@id.example.com", "https://id.example.com"),
            ("https://ada:s3cr#et@id.example.com", "https://id.example.com"),
            ("https://ada:s3cr?et@id.example.com/a", "https://id.example.com/a"),
            ("https://ada:123/cret@id.example.com", "https://ada"),
            ("https:/ada:s3cret@id.example.com", "id.example.com"),
            ("https:///ada:s3cret@id.example.com/a", "https://id.example.com/a"),
            ("//ada:s3cret@id.example.com/a", "id.example.com/a"),
            ("https://https://ada:s3cret@id.example.com", "https://https"),
            ("https://id.example.com/a@b", "https://id.example.com/a@b"),
            ("https://id.example.com/a?email=a@b", "https://id.example.com/a"),
            ("/a?email=a@b", "/a"),
            ("", ""),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }
}
