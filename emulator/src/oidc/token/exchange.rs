//! The exchange of a token for an access token of a user (RFC 8693). It is a subject token, an access token or a personal
//! access token.

use logto_admin::serde_json::Value;

use super::issue;
use super::recipient::Recipient;
use super::user::check_organization;
use crate::collections::{PERSONAL_ACCESS_TOKENS, USERS};
use crate::errors::Outcome;
use crate::oidc::scopes::{Holder, common};
use crate::oidc::{Context, invalid_grant, jwt};
use crate::policies::application_access::permits;
use crate::record::text;
use crate::state::oidc::{Client, Provider, SCOPES};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const IMPERSONATION_TOKEN: &str = "urn:logto:token-type:impersonation_token";
const PERSONAL_ACCESS_TOKEN: &str = "urn:logto:token-type:personal_access_token";

pub(super) fn answer(context: &mut Context<'_>, client: &Client) -> Outcome<Value> {
    context.require(&["subject_token", "subject_token_type"])?;
    let subject = context.required("subject_token")?.to_owned();
    let kind = context.required("subject_token_type")?.to_owned();
    let impersonates = kind == IMPERSONATION_TOKEN || (kind == ACCESS_TOKEN && subject.starts_with("sub_"));
    let user = match kind.as_str() {
        _ if impersonates => context.state.oidc.subject_tokens.get(&subject).map(|known| known.user.clone()),
        ACCESS_TOKEN => holder(context, &subject),
        PERSONAL_ACCESS_TOKEN => owner(context, &subject),
        _ => None,
    };
    let user = user.filter(|user| context.state.store.get(&USERS, user).is_some()).ok_or_else(invalid_grant)?;
    if !permits(context.state, &client.id, &user) {
        return Err(invalid_grant());
    }
    let actor = actor(context)?;
    let known = context.state.oidc.subject_tokens.get(&subject).filter(|_| impersonates);
    let about = known.map(|known| known.context.clone());
    let recipient = Recipient {
        actor: actor.as_deref(),
        exchanged: about.as_ref(),
        ..Recipient::new(&client.id, Holder::user(&user))
    };
    let wanted: Vec<String> = context.parameter("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
    let organization = context.parameter("organization_id").map(str::to_owned);
    if let Some(organization) = &organization {
        check_organization(context.state, client, recipient.holder, organization)?;
    }
    let resource = context.parameter("resource").map(str::to_owned);
    let mut grant = Provider::new_grant(context.state.ids.token(21), &client.id, &user, context.now);
    let issued = match (resource, organization) {
        (Some(resource), organization) => {
            let issued = issue::for_resource(context, recipient, &resource, organization.as_deref(), &wanted)?;
            grant.add(Some(&resource), issued.scope.iter().cloned());
            issued
        }
        (None, Some(organization)) => issue::for_organization(context, recipient, &organization, &wanted)?,
        (None, None) => {
            let scopes: Vec<String> = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
            let scope = common(wanted.iter().map(String::as_str), &scopes);
            grant.add(None, scope.iter().cloned());
            issue::for_account(context, recipient, &grant.id, None, scope)
        }
    };
    context.state.activity.record(&user, context.now);
    // Other tokens can be exchanged again.
    if impersonates {
        context.state.oidc.subject_tokens.remove(&subject);
    }
    context.state.oidc.put_grant(grant);
    Ok(issued.response().into())
}

/// Returns the user of a valid access token, for their account or for a resource.
fn holder(context: &mut Context<'_>, token: &str) -> Option<String> {
    if let Some(known) = context.state.oidc.access_token(token) {
        return Some(known.user.clone());
    }
    let issuer = context.issuer();
    let claims = jwt::open(context.state, token).ok()?;
    let is_valid = text(&claims, "iss") == issuer
        && claims.get("exp").and_then(Value::as_i64).is_some_and(|expiry| expiry > context.seconds());
    is_valid.then(|| text(&claims, "sub").to_owned())
}

/// Returns the user of a valid personal access token.
fn owner(context: &Context<'_>, token: &str) -> Option<String> {
    let record = context.state.store.all(&PERSONAL_ACCESS_TOKENS).find(|record| record.text("value") == token)?;
    let expiry = record.members.get("expiresAt").and_then(Value::as_f64);
    expiry.is_none_or(|at| at > context.now as f64).then(|| record.text("userId").to_owned())
}

/// Returns the user who acts on behalf of the subject: the user of the actor token.
fn actor(context: &Context<'_>) -> Outcome<Option<String>> {
    let Some(token) = context.parameter("actor_token") else { return Ok(None) };
    if context.parameter("actor_token_type") != Some(ACCESS_TOKEN) {
        return Err(invalid_grant());
    }
    let known = context.state.oidc.access_token(token).ok_or_else(invalid_grant)?;
    if known.scope.split(' ').any(|scope| scope == "openid") {
        Ok(Some(known.user.clone()))
    } else {
        Err(invalid_grant())
    }
}
