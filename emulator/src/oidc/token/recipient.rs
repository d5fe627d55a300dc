//! The user or application that a token is issued for.

use logto_admin::serde_json::Value;

use crate::collections::USERS;
use crate::oidc::scopes::Holder;

/// Recipient of a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipient<'a> {
    pub client: &'a str,
    pub holder: Holder<'a>,
    /// Actor on behalf of the user, if any.
    pub actor: Option<&'a str>,
    /// The session in which the user has signed in.
    pub session: Option<&'a str>,
    /// The context of the subject token that was exchanged.
    pub exchanged: Option<&'a Value>,
}

impl<'a> Recipient<'a> {
    pub(super) const fn new(client: &'a str, holder: Holder<'a>) -> Self {
        Self { client, holder, actor: None, session: None, exchanged: None }
    }

    /// Returns the id of the user, unless the token is for the application itself.
    pub(super) fn user(&self) -> Option<&'a str> {
        (self.holder.kind.collection() == USERS.name).then_some(self.holder.id)
    }
}
