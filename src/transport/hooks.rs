//! Hooks: code that runs before each attempt and after each response.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::{HttpRequest, HttpResponse};
use crate::error::Result;
use crate::types::headers::REDACTED;

/// Runs before each attempt and after each response, and can change both.
///
/// Hooks also run for token calls, which [`HookContext::token_call`] flags. They run in the order in which they are
/// added, both before an attempt and after a response. If a hook returns an error, the call fails with that error.
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
    /// Runs before an attempt is sent.
    ///
    /// # Errors
    /// The call fails with the returned error.
    async fn before(&self, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
        let _ = (request, context);
        Ok(())
    }

    /// Runs after a response has arrived, with any status.
    ///
    /// # Errors
    /// The call fails with the returned error.
    async fn after(&self, response: &mut HttpResponse, context: &HookContext) -> Result<()> {
        let _ = (response, context);
        Ok(())
    }

    /// Whether the hook sees the `Authorization` header. Defaults to `false`: the header is redacted, and the hook
    /// cannot change it.
    ///
    /// Bodies are never redacted. The bodies of token calls contain the token and might contain the secret.
    fn sees_credentials(&self) -> bool {
        false
    }
}

/// The attempt for which a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookContext {
    /// The operation id; `OidcToken` for token calls.
    pub operation: &'static str,
    /// The number of the attempt, starting at 1.
    pub attempt: u32,
    /// Whether this is a call to the token endpoint.
    pub token_call: bool,
}

/// A hook from a closure that runs before each attempt; see [`before_fn`].
#[derive(Clone, Copy, Debug)]
pub struct BeforeFn<F>(F);

/// A hook from a closure that runs after each response; see [`after_fn`].
#[derive(Clone, Copy, Debug)]
pub struct AfterFn<F>(F);

/// Creates a hook from a closure that runs before each attempt.
pub fn before_fn<F>(before: F) -> BeforeFn<F>
where
    F: Fn(&mut HttpRequest, &HookContext) -> Result<()> + Send + Sync + 'static,
{
    BeforeFn(before)
}

/// Creates a hook from a closure that runs after each response.
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

/// Runs the hooks before an attempt. Boxed, so that calls without hooks do not reserve memory for them.
pub(crate) fn run_before<'a>(
    hooks: &'a [Arc<dyn Hook>],
    request: &'a mut HttpRequest,
    context: &'a HookContext,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for hook in hooks {
            before(&**hook, request, context).await?;
        }
        Ok(())
    })
}

/// Runs the hooks after a response.
pub(crate) fn run_after<'a>(
    hooks: &'a [Arc<dyn Hook>],
    response: &'a mut HttpResponse,
    context: &'a HookContext,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for hook in hooks {
            hook.after(response, context).await?;
        }
        Ok(())
    })
}

/// Runs a hook before an attempt. Hides the credentials unless the hook asks for them.
async fn before(hook: &dyn Hook, request: &mut HttpRequest, context: &HookContext) -> Result<()> {
    let hidden = if hook.sees_credentials() { None } else { request.headers.get("authorization").map(str::to_owned) };
    if hidden.is_some() {
        request.headers.set("authorization", REDACTED);
    }
    let result = hook.before(request, context).await;
    if let Some(credentials) = hidden {
        request.headers.set("authorization", credentials);
    }
    result
}
