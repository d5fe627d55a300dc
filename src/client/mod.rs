//! The client, its builder, and everything you can call on it.

mod builder;
pub mod bulk;
mod environment;
#[doc(hidden)]
pub mod hosted;
mod impersonation;
#[cfg(feature = "users")]
mod password_digest;
mod restriction;
#[cfg(feature = "organization-roles")]
mod role_ids;
mod server_release;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use builder::ClientBuilder;
#[cfg(feature = "users")]
pub use password_digest::{FirebaseScrypt, PasswordDigest, PasswordSalt};

use crate::error::{Error, ErrorKind, Result};
use crate::request::{ClientContext, NO_TOKENS, Request, Settings, Untyped};
use crate::token::{AccessToken, Refresher, TokenCache};
use crate::transport::{Endpoint, Method, cookie_header};
use crate::types::headers::check_header;

/// The client. Cheap to clone: clones share the access token, the rate limit and the connections.
///
/// ```no_run
/// use logto_admin::{Client, Endpoint};
///
/// # async fn run() -> logto_admin::Result<()> {
/// let client = Client::builder(Endpoint::cloud("my-tenant")).client_credentials("app-id", "app-secret").build()?;
/// let users = client.users().list().search("%ada%").page_size(50).await?;
/// println!("{} of {:?}", users.len(), users.total);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) context: ClientContext,
}

impl Client {
    /// Returns the endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.context.shared.endpoint
    }

    /// Creates a request for an operation by its id. Does not depend on the enabled features. The answer is JSON: text
    /// becomes a string, an empty body null.
    ///
    /// ```no_run
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let user = client.operation("GetUser")?.path("userId", "8yrtxfqcf2ut").await?;
    /// println!("{}", user["username"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails if no operation has this id.
    pub fn operation(&self, id: &str) -> Result<Request<Untyped>> {
        Request::by_id(&self.context, id)
    }

    /// Creates a request to a path that the table of operations does not list.
    ///
    /// The client's access token, retries and limits apply. `path` starts with a slash and has no query. The answer is
    /// JSON, as for [`operation`](Self::operation). For GET and HEAD, a web page is a string, and a redirect is its
    /// target as a string.
    ///
    /// ```no_run
    /// use logto_admin::transport::Method;
    ///
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let answer = client.request(Method::Get, "/api/something/new").query("page", 1_u32).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: &str) -> Request<Untyped> {
        Request::by_path(&self.context, method, path)
    }

    /// Returns a valid access token. Requests a new one if necessary.
    ///
    /// # Errors
    /// Fails if the client has no source of access tokens or is [restricted](Self::restricted_to), or if the token
    /// endpoint returns no token.
    pub async fn access_token(&self) -> Result<AccessToken> {
        self.check_unrestricted()?;
        self.tokens()?.get().await
    }

    /// Keeps the access token fresh in the background, so that no call waits for one. Renews the token ahead of its
    /// expiry, whether there are calls or not. Stops when the returned handle is dropped.
    ///
    /// Failures are retried, after one second at first and at most one minute. The task does not keep a Node.js process
    /// alive.
    ///
    /// ```no_run
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let refresher = client.keep_fresh()?;
    /// // ... calls
    /// drop(refresher);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails if the token cannot be renewed, or if background tasks are not available (no tokio runtime, or Cloudflare
    /// Workers).
    pub fn keep_fresh(&self) -> Result<Refresher> {
        Refresher::start(self.tokens()?, None)
    }

    /// Like [`keep_fresh`](Self::keep_fresh), but also renews the token whenever it is `interval` old.
    ///
    /// # Errors
    /// Fails like [`keep_fresh`](Self::keep_fresh), and if the interval is zero.
    pub fn keep_fresh_every(&self, interval: Duration) -> Result<Refresher> {
        Refresher::start(self.tokens()?, Some(interval))
    }

    /// Returns a client with additional default headers. This client does not change.
    ///
    /// # Errors
    /// Fails if a name or a value is invalid.
    pub fn with_headers<'a>(&self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut changed = self.context.settings.headers.clone();
        for (name, value) in headers {
            check_header(name, value).map_err(Error::input)?;
            changed.set(name.to_owned(), value.to_owned());
        }
        Ok(self.with_settings(|settings| settings.headers = changed))
    }

    /// Returns a client with these cookies, such as those of a sign-in in progress. This client does not change.
    ///
    /// # Errors
    /// Fails if a name or a value is invalid.
    pub fn with_cookies<'a>(&self, cookies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let header = cookie_header(cookies)?;
        Ok(self.with_settings(|settings| settings.headers.set("cookie", header)))
    }

    /// Returns a client with another timeout per attempt. This client does not change.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with_settings(|settings| settings.timeout = Some(timeout))
    }

    fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut changed = self.clone();
        change(Arc::make_mut(&mut changed.context.settings));
        changed
    }

    fn tokens(&self) -> Result<&TokenCache> {
        self.context.shared.tokens.as_ref().ok_or_else(|| Error::new(ErrorKind::Authentication, NO_TOKENS))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.fmt(f)
    }
}
