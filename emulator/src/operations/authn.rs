use logto_admin::serde_json::Value;
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::connectors::of_sign_in;
use crate::call::Call;
use crate::collections::ROLES;
use crate::errors::{Outcome, Refusal};
use crate::http::reply;
use crate::oidc::interactions::missing;
use crate::oidc::jwt;
use crate::record::text;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetHasuraAuth", hasura),
    ("AssertSaml", |call| {
        of_sign_in(call, call.parameter(0))?;
        // No social connector of the emulator uses SAML.
        Err(missing())
    }),
];

/// Returns the session variables for Hasura. A caller without the expected role gets the other one, if there is one.
fn hasura(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let resource = call.request.query.get("resource").unwrap_or_default().to_owned();
    let other = call.request.query.get("unauthorizedRole").filter(|role| !role.is_empty());
    let authorization = call.request.headers.get("authorization").unwrap_or_default();
    let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
    let claims = jwt::read(call.state, token, &resource, call.now).unwrap_or_default();
    let user = text(&claims, "sub");
    let expected = call.request.headers.get("expected-role").filter(|role| !role.is_empty());
    let role = match (expected.filter(|role| has_role(call, user, role)), other) {
        (Some(role), _) => Some(role),
        (None, Some(other)) => Some(other),
        (None, None) if expected.is_some() => {
            let message = "The caller does not have the expected role.";
            return Err(Refusal::new(401, "auth.expected_role_not_found", message));
        }
        (None, None) => None,
    };
    let variables = [("X-Hasura-User-Id", Some(user).filter(|user| !user.is_empty())), ("X-Hasura-Role", role)];
    let variables = variables.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    Ok(reply::json(call.success(), &Value::Object(variables.collect())))
}

/// Returns whether a user has a role of this name.
fn has_role(call: &Call<'_>, user: &str, name: &str) -> bool {
    let store = &call.state.store;
    let conditions = [("users", user)];
    let mut roles = store.links.ids("users_roles", ROLES.name, &conditions);
    roles.any(|id| store.get(&ROLES, id).is_some_and(|role| role.text("name") == name))
}
