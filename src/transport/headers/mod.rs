mod text;

use std::borrow::Cow;
use std::fmt;

use self::text::Text;

/// The headers of a request or an answer: names in lower case, in the order they were added.
///
/// A plain list: messages have a dozen headers, and the `http` crate's map costs 16 KB of wasm.
#[derive(Clone, Default)]
pub struct Headers {
    list: Vec<(Text, Text)>,
    /// What the packed ones of them are parts of.
    packed: String,
}

/// Headers whose values are never secret. All others may be: proxies, gateways and hooks have headers of their own.
const HARMLESS: [&str; 35] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "age",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "etag",
    "expires",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "last-modified",
    "logto-core-request-id",
    "retry-after",
    "server",
    "total-number",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "user-agent",
    "vary",
    "x-request-id",
];

/// What stands in debug output for a secret.
pub(crate) const REDACTED: &str = "[redacted]";

impl Headers {
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), packed: String::new() }
    }

    /// The headers of an answer, names in lower case; `length` is about how long all of them are together.
    #[allow(dead_code, reason = "builds without a transport of their own have none")]
    pub(crate) fn packed<'a>(length: usize, pairs: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> Self {
        let mut packed = String::with_capacity(length);
        let mut pack = |text: &str| {
            let start = packed.len();
            packed.push_str(text);
            Text::Packed(start..packed.len())
        };
        let list = pairs.map(|(name, value)| (pack(name), pack(&value))).collect();
        Self { list, packed }
    }

    /// Name and value of each.
    pub(crate) fn into_pairs(self) -> impl Iterator<Item = (Cow<'static, str>, Cow<'static, str>)> {
        let Self { list, packed } = self;
        list.into_iter().map(move |(name, value)| (name.into_own(&packed), value.into_own(&packed)))
    }

    /// The first value of `name`, which is compared without regard to case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Every value of `name`, in order.
    pub fn get_all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Whether `name` is there.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets `name` to `value`, in place of whatever it was.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        let name = lower_case(name.into());
        self.remove(&name);
        self.list.push((Text::Own(name), Text::Own(value.into())));
    }

    /// Adds a value to `name`, beside those it has.
    pub fn append(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        self.list.push((Text::Own(lower_case(name.into())), Text::Own(value.into())));
    }

    /// Sets every header of `others`, in place of whatever it was.
    pub fn merge(&mut self, others: &Self) {
        for (name, _) in others.iter() {
            self.remove(name);
        }
        self.list.extend(others.clone().into_pairs().map(|(name, value)| (Text::Own(name), Text::Own(value))));
    }

    /// Removes every value of `name`.
    pub fn remove(&mut self, name: &str) {
        self.list.retain(|(key, _)| !key.of(&self.packed).eq_ignore_ascii_case(name));
    }

    /// The headers, name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (name.of(&self.packed), value.of(&self.packed)))
    }

    /// How many name and value pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the value of `name` may be a secret. Only common headers that never are one, such as `accept`, `etag` and
    /// `x-request-id`, count as harmless. Other values never appear in debug output, and never follow a redirect to
    /// another origin.
    #[must_use]
    pub fn is_secret(name: &str) -> bool {
        !HARMLESS.iter().any(|harmless| harmless.eq_ignore_ascii_case(name))
    }
}

/// Rejects names and values that HTTP headers cannot carry. The message omits the value, which may be a secret.
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

fn lower_case(name: Cow<'static, str>) -> Cow<'static, str> {
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
    fn names_are_compared_without_regard_to_case_and_kept_in_lower_case() {
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
        for name in ["Accept", "content-type", "user-agent", "accept-language", "etag", "if-none-match", "x-request-id"]
        {
            assert!(!Headers::is_secret(name), "{name}");
        }
    }
}
