//! Headers that might be secret. Debug output hides them, and redirects do not carry them to another origin.

use super::{Headers, lower_case};

/// Headers whose values are never secret, in order. Any other header might be secret: proxies, gateways and hooks add their
/// own.
pub(super) const HARMLESS: [&str; 35] = [
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

impl Headers {
    /// Whether the value of `name` might be secret.
    ///
    /// Every header counts as secret, except common ones that never are, such as `accept`, `etag` and `x-request-id`.
    /// Secret values never appear in debug output, and a redirect never sends them to another origin.
    #[must_use]
    pub fn is_secret(name: &str) -> bool {
        HARMLESS.binary_search(&&*lower_case(name.into())).is_err()
    }
}
