mod secret;
mod text;

use std::borrow::Cow;
use std::fmt;

use self::text::Text;

/// The headers of a request or response.
///
/// Names are in lower case. Headers are in the order in which they were added. A plain list is enough: messages have a
/// dozen headers, and the map of the `http` crate would add 16 KB to a wasm module.
#[derive(Clone, Default)]
pub struct Headers {
    list: Vec<(Text, Text)>,
    /// The text that contains all packed names and values.
    packed: String,
}

/// Replaces secrets in debug output.
pub(crate) const REDACTED: &str = "[redacted]";

impl Headers {
    /// Creates an empty list of headers.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), packed: String::new() }
    }

    /// Creates the headers of a response. Names must be in lower case. Invalid UTF-8 in values is replaced.
    #[allow(dead_code, reason = "not used in a build without a transport")]
    pub(crate) fn packed<'a, I: Iterator<Item = (&'a str, &'a [u8])>>(count: usize, pairs: impl Fn() -> I) -> Self {
        let length = pairs().map(|(name, value)| name.len() + value.len()).sum();
        let (mut list, mut packed) = (Vec::with_capacity(count), Vec::with_capacity(length));
        let mut pack = |text: &[u8]| {
            let start = packed.len();
            packed.extend_from_slice(text);
            Text::Packed(start..packed.len())
        };
        list.extend(pairs().map(|(name, value)| (pack(name.as_bytes()), pack(value))));
        // One check of all bytes. It also finds a character that ends after its value, because a name follows.
        match String::from_utf8(packed) {
            Ok(packed) => Self { list, packed },
            Err(_) => {
                pairs().map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned())).collect()
            }
        }
    }

    /// Returns the names and values.
    pub(crate) fn into_pairs(self) -> impl Iterator<Item = (Cow<'static, str>, Cow<'static, str>)> {
        let Self { list, packed } = self;
        list.into_iter().map(move |(name, value)| (name.into_own(&packed), value.into_own(&packed)))
    }

    /// Returns the first value of `name`. Names are case-insensitive.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns all values of `name`, in order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.get("logto-core-request-id")
    }

    /// Whether there is a value of `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets `name` to `value`. Replaces previous values.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        let name = lower_case(name.into());
        self.remove(&name);
        self.list.push((Text::Own(name), Text::Own(value.into())));
    }

    /// Adds a value of `name`. Keeps previous values.
    pub fn append(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        self.list.push((Text::Own(lower_case(name.into())), Text::Own(value.into())));
    }

    /// Sets every header of `others`. Replaces previous values.
    pub fn merge(&mut self, others: &Self) {
        for (name, _) in others.iter() {
            self.remove(name);
        }
        self.list.extend(others.clone().into_pairs().map(|(name, value)| (Text::Own(name), Text::Own(value))));
    }

    /// Removes all values of `name`.
    pub fn remove(&mut self, name: &str) {
        self.list.retain(|(key, _)| !key.of(&self.packed).eq_ignore_ascii_case(name));
    }

    /// Iterates over the names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (name.of(&self.packed), value.of(&self.packed)))
    }

    /// Returns the number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are no headers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Rejects names and values that HTTP headers cannot carry. The message omits the value, which might be a secret.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("invalid header name {name:?}"));
    }
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(format!(
            "invalid value of the header `{name}`: contains a line break or another control character"
        ));
    }
    Ok(())
}

fn lower_case(name: Cow<'_, str>) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { name }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl<N: Into<Cow<'static, str>>, V: Into<Cow<'static, str>>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut headers = Self::new();
        pairs.into_iter().for_each(|(name, value)| headers.append(name, value));
        headers
    }
}

impl IntoIterator for Headers {
    type Item = (Cow<'static, str>, Cow<'static, str>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_pairs().collect::<Vec<_>>().into_iter()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| (name, if Self::is_secret(name) { REDACTED } else { value }));
        f.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_case_insensitive_and_kept_in_lower_case() {
        let mut headers = Headers::new();
        headers.set("Content-Type", "text/plain");
        headers.set("content-TYPE", "application/json");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("content-type", "application/json")]);
    }

    #[test]
    fn debug_output_hides_credentials() {
        let headers: Headers = [("Authorization", "Bearer abc"), ("accept", "*/*")].into_iter().collect();
        assert_eq!(format!("{headers:?}"), r#"{"authorization": "[redacted]", "accept": "*/*"}"#);
    }

    #[test]
    fn headers_are_secret_unless_they_are_known_to_be_harmless() {
        for name in ["Authorization", "set-cookie", "logto-verification-id", "logto-signature-sha-256"] {
            assert!(Headers::is_secret(name), "{name}");
        }
        for name in ["proxy-authorization", "X-Api-Key", "x-auth", "CF-Access-Client-Secret", "x-csrf-token"] {
            assert!(Headers::is_secret(name), "{name}");
        }
        for name in ["x-session-id", "x-jwt-assertion", "x-credential", "x-otp", "x-hmac", "x-team", "location", ""] {
            assert!(Headers::is_secret(name), "{name}");
        }
        for name in secret::HARMLESS.into_iter().chain(["Accept", "Content-Type", "X-Request-ID"]) {
            assert!(!Headers::is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_name_can_have_several_values() {
        let mut headers: Headers = [("Set-Cookie", "a"), ("vary", "origin"), ("set-cookie", "b")].into_iter().collect();
        assert_eq!(headers.get_all("SET-COOKIE").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((headers.get("set-cookie"), headers.get("etag")), (Some("a"), None));
        assert!(headers.contains("Vary") && !headers.contains("etag"));
        assert_eq!((headers.len(), headers.is_empty()), (3, false));
        headers.remove("Set-Cookie");
        assert_eq!(headers.into_iter().collect::<Vec<_>>(), [("vary".into(), "origin".into())]);
        assert!(Headers::new().is_empty());
    }

    #[test]
    fn merging_replaces_all_values_of_a_name() {
        let mut headers: Headers = [("a", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
        headers.merge(&[("A", "4"), ("c", "5"), ("c", "6")].into_iter().collect());
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("b", "3"), ("a", "4"), ("c", "5"), ("c", "6")]);
    }

    #[test]
    fn headers_of_a_response_equal_headers_that_were_set() {
        let received = |last: &'static [u8]| {
            let pairs: [(&str, &[u8]); 3] = [("content-type", b"text/plain"), ("etag", "é".as_bytes()), ("x", last)];
            Headers::packed(pairs.len(), || pairs.into_iter())
        };
        for (bytes, text) in [(b"1".as_slice(), "1"), (b"", ""), (b"a\xffb", "a\u{fffd}b")] {
            let set: Headers = [("content-type", "text/plain"), ("etag", "é"), ("x", text)].into_iter().collect();
            assert_eq!(received(bytes), set);
            assert!(received(bytes).into_pairs().eq(set.into_pairs()), "{text}");
        }
        assert_ne!(received(b"1"), received(b"2"));
    }

    #[test]
    fn only_what_http_can_carry_is_accepted() {
        for (name, value) in [("x-team", "a\tb é"), ("!#$%&'*+-.^_`|~9", "")] {
            assert_eq!(check_header(name, value), Ok(()), "{name}");
        }
        for name in ["", "x team", "x:", "naïve", "x\n"] {
            assert_eq!(check_header(name, "a"), Err(format!("invalid header name {name:?}")));
        }
        for value in ["a\r\nb", "a\0", "\u{7f}"] {
            let problem = check_header("x", value).unwrap_err();
            assert_eq!(problem, "invalid value of the header `x`: contains a line break or another control character");
        }
    }
}
