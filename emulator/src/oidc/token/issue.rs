//! Issues access tokens for resources, organizations and accounts.

use logto_admin::serde_json::{Value, json};

use super::context::of as context_of;
use super::customizer;
use super::recipient::Recipient;
use crate::errors::Outcome;
use crate::oidc::Context;
use crate::oidc::jwt::{self, Use};
use crate::oidc::scopes;
use crate::record::Members;
use crate::state::State;
use crate::state::oidc::{AccessToken, Authorized};

/// Lifetime of tokens that are not for a resource, in seconds.
pub(super) const LIFETIME: i64 = 3600;

/// An access token, with the members of the response that describe it.
#[derive(Debug)]
pub(super) struct Issued {
    pub token: String,
    pub scope: Vec<String>,
    pub expires_in: i64,
}

impl Issued {
    /// Returns the response.
    pub(super) fn response(&self) -> Members {
        let members = [
            ("access_token", self.token.clone().into()),
            ("expires_in", self.expires_in.into()),
            ("token_type", "Bearer".into()),
            ("scope", self.scope.join(" ").into()),
        ];
        members.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
    }
}

/// Issues a token for a resource. It has those of the `wanted` scopes that the recipient has.
///
/// In an organization, these are the scopes of the recipient's roles there.
pub(super) fn for_resource(
    context: &mut Context<'_>,
    recipient: Recipient<'_>,
    indicator: &str,
    organization: Option<&str>,
    wanted: &[String],
) -> Outcome<Issued> {
    let holder = recipient.holder;
    if let Some(organization) = organization {
        holder.check_access(context.state, organization)?;
    }
    let resource = scopes::resource(context.state, indicator)?;
    let lifetime = resource.members.get("accessTokenTtl").and_then(Value::as_f64).map_or(LIFETIME, |ttl| ttl as i64);
    let permitted = holder.of_resource(context.state, &resource.id, organization);
    let scope = scopes::common(wanted.iter().map(String::as_str), &permitted);
    let mut extra = Members::new();
    if let Some(organization) = organization {
        extra.insert("organization_id".to_owned(), organization.into());
    }
    signed(context, recipient, indicator, scope, lifetime, extra)
}

/// Issues a token for an organization. It has those of the `wanted` scopes that the recipient has there.
pub(super) fn for_organization(
    context: &mut Context<'_>,
    recipient: Recipient<'_>,
    organization: &str,
    wanted: &[String],
) -> Outcome<Issued> {
    recipient.holder.check_access(context.state, organization)?;
    let permitted = recipient.holder.of_organization(context.state, organization);
    let scope = scopes::common(wanted.iter().map(String::as_str), &permitted);
    let audience = format!("{}{organization}", scopes::ORGANIZATION);
    signed(context, recipient, &audience, scope, LIFETIME, Members::new())
}

/// Issues an opaque token for the account of a user.
pub(super) fn for_account(
    context: &mut Context<'_>,
    recipient: Recipient<'_>,
    grant: &str,
    authorized: Option<&Authorized>,
    scope: Vec<String>,
) -> Issued {
    let token = AccessToken {
        user: recipient.holder.id.to_owned(),
        client: recipient.client.to_owned(),
        scope: scope.join(" "),
        grant: grant.to_owned(),
        session: authorized.and_then(|authorized| authorized.session.clone()),
        is_bound: authorized.is_some_and(Authorized::is_bound),
        issued_at: context.now,
        expires_at: context.now.saturating_add(LIFETIME * 1000),
    };
    let token = context.state.oidc.add_access_token(&mut context.state.ids, token);
    Issued { token, scope, expires_in: LIFETIME }
}

fn signed(
    context: &mut Context<'_>,
    recipient: Recipient<'_>,
    audience: &str,
    scope: Vec<String>,
    lifetime: i64,
    mut claims: Members,
) -> Outcome<Issued> {
    let issued_at = context.seconds();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("jti", context.state.ids.token(43).into());
    set("sub", recipient.holder.id.into());
    set("iat", issued_at.into());
    set("exp", issued_at.saturating_add(lifetime).into());
    if !scope.is_empty() {
        set("scope", scope.join(" ").into());
    }
    set("client_id", recipient.client.into());
    set("iss", context.issuer().into());
    set("aud", audience.into());
    if let Some(actor) = recipient.actor {
        set("act", json!({ "sub": actor }));
    }
    customize(context, recipient, &mut claims)?;
    let token = jwt::issue(context.state, Use::Access, &claims.into());
    Ok(Issued { token, scope, expires_in: lifetime })
}

/// Adds the claims of the script for tokens of users or applications. It cannot change the others.
fn customize(context: &mut Context<'_>, recipient: Recipient<'_>, claims: &mut Members) -> Outcome<()> {
    let is_user = recipient.user().is_some();
    let kind = if is_user { ("access-token", "AccessToken") } else { ("client-credentials", "ClientCredentials") };
    let input = |state: &State| {
        let mut token = json!({
            "kind": kind.1,
            "jti": claims.get("jti"),
            "aud": claims.get("aud"),
            "scope": claims.get("scope"),
            "clientId": recipient.client,
        });
        if let Some(token) = token.as_object_mut().filter(|_| is_user) {
            token.insert("accountId".to_owned(), recipient.holder.id.into());
            token.extend(recipient.session.map(|session| ("sessionUid".to_owned(), session.into())));
        }
        (token, context_of(state, recipient, claims))
    };
    let added = customizer::claims(context, kind, recipient, input)?;
    // A token without scopes lacks this claim.
    for (name, value) in added.into_iter().filter(|(name, _)| name != "scope") {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}
