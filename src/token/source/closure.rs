use std::future::Future;

use async_trait::async_trait;

use super::{AccessToken, TokenContext, TokenError, TokenSource};

/// A token source from a closure; see [`token_fn`].
#[derive(Clone, Copy, Debug)]
pub struct TokenFn<F>(F);

/// Creates a token source from an async closure.
///
/// ```
/// use logto_admin::token::{AccessToken, token_fn};
///
/// let source = token_fn(|| async { Ok(AccessToken::new("from somewhere else")) });
/// # let _ = source;
/// ```
pub fn token_fn<F, R>(fetch: F) -> TokenFn<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<AccessToken, TokenError>> + Send,
{
    TokenFn(fetch)
}

#[async_trait]
impl<F, R> TokenSource for TokenFn<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<AccessToken, TokenError>> + Send,
{
    async fn fetch(&self, _context: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        (self.0)().await
    }
}
