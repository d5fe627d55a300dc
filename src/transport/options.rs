use crate::types::defaults::MAX_RESPONSE_BYTES;

/// Options of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportOptions {
    /// Maximum size of the response body, in bytes after decompression. A larger body is an error.
    pub max_response_bytes: u64,
    /// How the client handles redirects. Of interest to transports that cannot return one, such as `fetch` in browsers.
    pub redirects: RedirectPolicy,
    /// Whether the request is a call to the token endpoint.
    pub token_call: bool,
}

/// How to handle redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectPolicy {
    /// Returns the redirect as the response.
    #[default]
    None,
    /// Follows up to this many redirects. `Authorization`, cookies and other headers that might be secret never go to
    /// another origin.
    Follow(u8),
}

impl Default for TransportOptions {
    /// 64 MiB, no redirects.
    fn default() -> Self {
        Self { max_response_bytes: MAX_RESPONSE_BYTES, redirects: RedirectPolicy::None, token_call: false }
    }
}
