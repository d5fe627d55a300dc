use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::transport::headers::REDACTED;

/// An access token. Clones share its text; debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    secret: Arc<str>,
    expires_in: Option<Duration>,
    scope: Option<String>,
}

impl AccessToken {
    /// A token that lives until the server refuses it.
    pub fn new(secret: impl Into<Arc<str>>) -> Self {
        Self { secret: secret.into(), expires_in: None, scope: None }
    }

    /// How long it lives, from now.
    #[must_use]
    pub const fn expires_in(mut self, lifetime: Duration) -> Self {
        self.expires_in = Some(lifetime);
        self
    }

    /// The scope that was granted, separated by spaces.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The token itself. Keep it out of logs and URLs.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// How long it lived when it was issued, if that is known.
    #[must_use]
    pub const fn lifetime(&self) -> Option<Duration> {
        self.expires_in
    }

    /// The scope that was granted, if the server said so.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("secret", &REDACTED)
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_token() {
        assert!(!format!("{:?}", AccessToken::new("s3cret")).contains("s3cret"));
    }
}
