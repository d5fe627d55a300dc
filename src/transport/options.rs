/// What the client asks of a transport for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransportOptions {
    /// The largest body of an answer, in bytes after decompression. A larger one is an error.
    pub max_response_bytes: u64,
    /// What to do with a redirect.
    pub redirects: RedirectPolicy,
    /// Whether this is a call to the token endpoint.
    pub token_call: bool,
    /// Whether the caller wants text that stays in JavaScript; only transports on the web look at it.
    pub prefer_text: bool,
}

/// What to do with a redirect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectPolicy {
    /// The redirect is the answer.
    #[default]
    None,
    /// Follow this many. Authorization and cookies never go to another origin.
    Follow(u8),
}

impl Default for TransportOptions {
    /// 64 MiB, no redirects.
    fn default() -> Self {
        Self { max_response_bytes: 64 << 20, redirects: RedirectPolicy::None, token_call: false, prefer_text: false }
    }
}
