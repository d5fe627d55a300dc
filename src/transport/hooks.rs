//! Hooks: functions that see every attempt before it is sent and after it is answered.

use async_trait::async_trait;

use super::{HttpRequest, HttpResponse};
use crate::error::Result;

/// Sees, and may change, every attempt of every call; the token call too, flagged.
///
/// Hooks run in the order they were given, before a request and after an answer. A hook that returns an error ends
/// the call with it.
///
/// ```
/// use async_trait::async_trait;
/// use logto_admin::transport::{Hook, HookContext, HttpRequest, HttpResponse};
///
/// struct Trace;
///
/// #[async_trait]
/// impl Hook for Trace {
///     async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> logto_admin::Result<()> {
///         request.headers.set("x-trace", format!("{}-{}", context.operation, context.attempt));
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Hook: Send + Sync + 'static {
    /// Before an attempt is sent.
    ///
    /// # Errors
    /// Whatever the call is to fail with.
    async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
        let _ = (request, context);
        Ok(())
    }

    /// After an attempt is answered, whatever the status.
    ///
    /// # Errors
    /// Whatever the call is to fail with.
    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        let _ = (response, context);
        Ok(())
    }

    /// Whether it gets to see the `Authorization` header; others find it redacted, and cannot change it. Bodies are
    /// shown to all, those of the token call too, which hold the token and may hold the secret.
    fn sees_credentials(&self) -> bool {
        false
    }
}

/// Which attempt a hook sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookContext {
    /// The operationId; `OidcToken` for the token call.
    pub operation: &'static str,
    /// The attempt's number, from 1.
    pub attempt: u32,
    /// Whether it is the call to the token endpoint.
    pub token_call: bool,
}

/// A hook made of a closure that runs before each attempt; see [`before_fn`].
#[derive(Clone, Copy, Debug)]
pub struct BeforeFn<F>(F);

/// A hook made of a closure that runs after each answer; see [`after_fn`].
#[derive(Clone, Copy, Debug)]
pub struct AfterFn<F>(F);

/// Makes a hook of a closure that runs before each attempt.
pub fn before_fn<F>(before: F) -> BeforeFn<F>
where
    F: Fn(&mut HttpRequest, &HookContext) -> Result<()> + Send + Sync + 'static,
{
    BeforeFn(before)
}

/// Makes a hook of a closure that runs after each answer.
pub fn after_fn<F>(after: F) -> AfterFn<F>
where
    F: Fn(&mut HttpResponse, &HookContext) -> Result<()> + Send + Sync + 'static,
{
    AfterFn(after)
}

#[async_trait]
impl<F> Hook for BeforeFn<F>
where
    F: Fn(&mut HttpRequest, &HookContext) -> Result<()> + Send + Sync + 'static,
{
    async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
        (self.0)(request, context)
    }
}

#[async_trait]
impl<F> Hook for AfterFn<F>
where
    F: Fn(&mut HttpResponse, &HookContext) -> Result<()> + Send + Sync + 'static,
{
    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        (self.0)(response, context)
    }
}
