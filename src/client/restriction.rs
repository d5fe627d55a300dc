//! Clients that may call named operations only.

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::AllowedOperations;

impl Client {
    /// Returns a client that may only call the operations with these ids. Any other call fails with
    /// [`NotAllowed`](ErrorKind::NotAllowed) before anything is sent. This client does not change.
    ///
    /// Logto has no scopes for parts of the Management API: an application may call all operations or none. Pass a
    /// restricted client to code that needs only a few. The example `proxy` does the same for other programs.
    ///
    /// The restriction also refuses [`request`](Self::request), and [`access_token`](Self::access_token), because a token
    /// allows all operations. A second restriction can only remove operations. A request that was created before keeps
    /// the permissions of its client.
    ///
    /// ```
    /// # fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let directory = client.restricted_to(["GetUser", "ListUsers"])?;
    /// assert!(directory.users().delete("8yrtxfqcf2ut").to_http().is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails if no operation has one of these ids.
    pub fn restricted_to<'a>(&self, operations: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let allowed = AllowedOperations::new(operations, self.context.settings.allowed.as_ref())?;
        Ok(self.with_settings(|settings| settings.allowed = Some(allowed)))
    }

    /// Rejects a restricted client.
    pub(super) fn check_unrestricted(&self) -> Result<()> {
        if self.context.settings.allowed.is_some() {
            let why = "the client is restricted to named operations, but an access token would allow all of them";
            return Err(Error::new(ErrorKind::NotAllowed, why));
        }
        Ok(())
    }
}
