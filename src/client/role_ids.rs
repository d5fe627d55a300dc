use std::collections::BTreeMap;

use futures_util::TryStreamExt;

use super::Client;
use crate::error::{Error, Result};

impl Client {
    /// Returns the ids of the organization roles with these names, in the same order.
    ///
    /// For example, an invitation requires such ids:
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use logto_admin::Timestamp;
    /// use logto_admin::models::CreateOrganizationInvitation;
    ///
    /// # async fn run(client: logto_admin::Client) -> logto_admin::Result<()> {
    /// let in_a_week = Timestamp::now() + Duration::from_secs(7 * 86_400);
    /// let invitation = CreateOrganizationInvitation {
    ///     organization_role_ids: Some(client.organization_role_ids(["admin", "member"]).await?),
    ///     ..CreateOrganizationInvitation::new("ada@example.com", "organization-id", in_a_week)
    /// };
    /// client.organization_invitations().create(invitation).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Fails like any call, and with [`Input`](crate::ErrorKind::Input) if no role has one of the names.
    pub async fn organization_role_ids<N: AsRef<str>>(
        &self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Vec<String>> {
        let names: Vec<N> = names.into_iter().collect();
        let roles = self.organization_roles().list().stream().map_ok(|role| (role.name, role.id));
        let known: BTreeMap<String, String> = roles.try_collect().await?;
        let find = |name: &N| known.get(name.as_ref()).cloned().ok_or_else(|| unknown(name.as_ref(), &known));
        names.iter().map(find).collect()
    }
}

fn unknown(name: &str, known: &BTreeMap<String, String>) -> Error {
    let known: Vec<&str> = known.keys().map(String::as_str).collect();
    Error::input(format!("no organization role has the name `{name}`; there are: {}", known.join(", ")))
}
