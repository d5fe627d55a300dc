use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::types::headers::REDACTED;

/// An access token.
///
/// Cheap to clone. Debug output hides the token. Two values are equal if their tokens are equal.
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    secret: String,
    lifetime: Option<Duration>,
    scope: Option<String>,
    missing_scope: Option<String>,
}

impl AccessToken {
    /// Creates a token that is valid until the server rejects it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self::from_parts(secret.into(), None, None, None)
    }

    pub(crate) fn from_parts(
        secret: String,
        lifetime: Option<Duration>,
        scope: Option<String>,
        missing_scope: Option<String>,
    ) -> Self {
        Self(Arc::new(Inner { secret, lifetime, scope, missing_scope }))
    }

    /// Sets the lifetime, from now.
    #[must_use]
    pub fn expires_in(self, lifetime: Duration) -> Self {
        self.change(|inner| inner.lifetime = Some(lifetime))
    }

    /// Sets the granted scope, separated by spaces.
    #[must_use]
    pub fn scope(self, scope: impl Into<String>) -> Self {
        self.change(|inner| inner.scope = Some(scope.into()))
    }

    /// Sets the scope that was requested but not granted, separated by spaces.
    #[must_use]
    pub fn without_scope(self, missing: impl Into<String>) -> Self {
        self.change(|inner| inner.missing_scope = Some(missing.into()))
    }

    /// Whether a header can carry the token.
    pub(crate) fn is_sendable(&self) -> bool {
        !self.0.secret.is_empty() && self.0.secret.bytes().all(|byte| byte.is_ascii_graphic())
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Returns the token. Keep it out of logs and URLs.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0.secret
    }

    /// Returns the lifetime of the token when it was issued, if it is known.
    #[must_use]
    pub fn lifetime(&self) -> Option<Duration> {
        self.0.lifetime
    }

    /// Returns the granted scope, if the server sent it.
    #[must_use]
    pub fn granted_scope(&self) -> Option<&str> {
        self.0.scope.as_deref()
    }

    /// Returns the scope that was requested but not granted. The API answers 403 to calls that require it.
    #[must_use]
    pub fn missing_scope(&self) -> Option<&str> {
        self.0.missing_scope.as_deref()
    }
}

impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.secret == other.0.secret
    }
}

impl Eq for AccessToken {}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("secret", &REDACTED)
            .field("lifetime", &self.0.lifetime)
            .field("scope", &self.0.scope)
            .field("missing_scope", &self.0.missing_scope)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_token() {
        let shown = format!("{:?}", AccessToken::new("s3cret").scope("all"));
        let expected =
            "AccessToken { secret: \"[redacted]\", lifetime: None, scope: Some(\"all\"), missing_scope: None }";
        assert_eq!(shown, expected);
    }

    #[test]
    fn tokens_that_a_header_cannot_carry_are_not_sendable() {
        assert!(AccessToken::new("eyJhbGciOi.J~+/=").is_sendable());
        for secret in ["", "a b", "a\nb", "\u{7f}", "é"] {
            assert!(!AccessToken::new(secret).is_sendable(), "{secret:?}");
        }
    }

    #[test]
    fn a_token_has_what_was_set() {
        let token = AccessToken::new("a").expires_in(Duration::from_secs(60)).scope("read").without_scope("write");
        assert_eq!((token.secret(), token.lifetime()), ("a", Some(Duration::from_secs(60))));
        assert_eq!((token.granted_scope(), token.missing_scope()), (Some("read"), Some("write")));
        let bare = AccessToken::new("b");
        assert_eq!((bare.lifetime(), bare.granted_scope(), bare.missing_scope()), (None, None, None));
        assert_ne!(token, bare);
    }

    #[test]
    fn changing_a_clone_does_not_change_the_original() {
        let first = AccessToken::new("a").scope("all");
        let changed = first.clone().scope("read");
        assert_eq!((first.granted_scope(), changed.granted_scope()), (Some("all"), Some("read")));
        assert_eq!(first, changed);
    }
}
