use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use super::connectors::of_sign_in;
use crate::call::Call;
use crate::collections::ROLES;
use crate::errors::Outcome;
use crate::http::reply;
use crate::oidc::interactions::missing;
use crate::oidc::jwt;
use crate::record::{Members, text};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("GetHasuraAuth", hasura),
    ("AssertSaml", |call| {
        of_sign_in(call, call.parameter(0))?;
        // No social connector of the emulator uses SAML.
        Err(missing())
    }),
];

/// Returns the session variables for Hasura. Without a valid token or the expected role, the caller is unauthorized.
fn hasura(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let resource = call.request.query.get("resource").unwrap_or_default().to_owned();
    let unauthorized = call.request.query.get("unauthorizedRole").filter(|role| !role.is_empty());
    let authorization = call.request.headers.get("authorization").unwrap_or_default();
    let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
    let claims = jwt::read(call.state, token, &resource, call.now).ok();
    let expected = call.request.headers.get("expected-role");
    let has = |role: &&str| claims.as_ref().is_some_and(|claims| has_role(call, text(claims, "sub"), role));
    let role = expected.filter(has).or(unauthorized);
    let mut variables = Members::new();
    if let Some(claims) = &claims {
        variables.insert("X-Hasura-User-Id".to_owned(), text(claims, "sub").into());
    }
    if let Some(role) = role.filter(|_| claims.is_none() || expected.is_some()) {
        variables.insert("X-Hasura-Role".to_owned(), role.into());
    }
    Ok(reply::json(call.success(), &json!(variables)))
}

/// Returns whether a user or an application has a role of this name.
fn has_role(call: &Call<'_>, subject: &str, name: &str) -> bool {
    let store = &call.state.store;
    [("users_roles", "users"), ("applications_roles", "applications")].iter().any(|(table, column)| {
        let conditions = [(*column, subject)];
        let mut roles = store.links.ids(table, ROLES.name, &conditions);
        roles.any(|id| store.get(&ROLES, id).is_some_and(|role| role.members.get("name") == Some(&Value::from(name))))
    })
}
