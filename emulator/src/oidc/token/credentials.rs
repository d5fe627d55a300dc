//! Tokens for an application itself.

use logto_admin::serde_json::Value;

use super::issue;
use super::recipient::Recipient;
use crate::errors::Outcome;
use crate::oidc::scopes::{Holder, default_resource};
use crate::oidc::{Context, refuse};
use crate::state::oidc::Client;

pub(super) fn answer(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    let recipient = Recipient::new(&client.id, Holder::application(&client.id));
    let organization = context.parameter("organization_id").map(str::to_owned);
    let resource = context.parameter("resource").map(str::to_owned);
    let wanted: Vec<String> = context.parameter("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
    let default = || default_resource(context.state).map(str::to_owned);
    let (issued, omits_empty_scope) = match (resource, organization) {
        (None, Some(organization)) => (issue::for_organization(context, recipient, &organization, &wanted)?, false),
        (resource, organization) => {
            let resource = resource.or_else(default).ok_or_else(|| {
                refuse(400, "invalid_target", "both `resource` and `organization_id` are not provided")
            })?;
            (issue::for_resource(context, recipient, &resource, organization.as_deref(), &wanted)?, true)
        }
    };
    let mut response = issued.response();
    if omits_empty_scope && issued.scope.is_empty() {
        response.remove("scope");
    }
    Ok(response.into())
}
