//! Claims about a user in ID tokens and `/oidc/me`.

use logto_admin::serde_json::Value;

use super::scopes::Holder;
use crate::collections::{ORGANIZATION_ROLES, ORGANIZATIONS, ROLES, USER_SSO_IDENTITIES, USERS};
use crate::record::{Members, Record};
use crate::state::State;

/// Claims that the user's `profile` member holds, with the names of their members.
const PROFILE: [(&str, &str); 11] = [
    ("family_name", "familyName"),
    ("given_name", "givenName"),
    ("middle_name", "middleName"),
    ("nickname", "nickname"),
    ("preferred_username", "preferredUsername"),
    ("profile", "profile"),
    ("website", "website"),
    ("gender", "gender"),
    ("birthdate", "birthdate"),
    ("zoneinfo", "zoneinfo"),
    ("locale", "locale"),
];

/// Returns the claims about a user that these scopes permit. `extended` returns whether to include one of the larger claims.
pub(crate) fn of(state: &State, user: &str, scopes: &[&str], extended: impl Fn(&str) -> bool) -> Members {
    let mut claims = Members::from_iter([("sub".to_owned(), user.into())]);
    let Some(record) = state.store.get(&USERS, user) else { return claims };
    for scope in scopes {
        match *scope {
            "profile" => profile(record, &mut claims),
            "email" => verified(record, "primaryEmail", ["email", "email_verified"], &mut claims),
            "phone" => verified(record, "primaryPhone", ["phone_number", "phone_number_verified"], &mut claims),
            "address" => address(record, &mut claims),
            _ => {
                for (name, claim) in larger(scope) {
                    if extended(name) {
                        claims.insert((*name).to_owned(), claim(state, record));
                    }
                }
            }
        }
    }
    claims
}

fn set(claims: &mut Members, name: &str, value: impl Into<Value>) {
    claims.insert(name.to_owned(), value.into());
}

fn profile(user: &Record, claims: &mut Members) {
    let member = |name: &str| user.members.get(name).cloned().unwrap_or_default();
    for (claim, name) in [("name", "name"), ("picture", "avatar"), ("username", "username")] {
        set(claims, claim, member(name));
    }
    for (claim, name) in [("created_at", "createdAt"), ("updated_at", "updatedAt")] {
        set(claims, claim, member(name));
    }
    if !user.text("username").is_empty() {
        set(claims, "preferred_username", user.text("username"));
    }
    for (claim, name) in PROFILE {
        if let Some(value) = user.members.get("profile").and_then(|profile| profile.get(name)) {
            set(claims, claim, value.clone());
        }
    }
}

fn verified(user: &Record, member: &str, [claim, flag]: [&str; 2], claims: &mut Members) {
    set(claims, claim, user.members.get(member).cloned().unwrap_or_default());
    set(claims, flag, !user.text(member).is_empty());
}

/// Sets the address. The server does not rename its members.
fn address(user: &Record, claims: &mut Members) {
    if let Some(address) = user.members.get("profile").and_then(|profile| profile.get("address")) {
        set(claims, "address", address.clone());
    }
}

/// Returns the identities of a user at enterprise providers.
pub(crate) fn enterprise_identities(state: &State, user: &Record) -> Value {
    let own = state.store.all(&USER_SSO_IDENTITIES).filter(|identity| identity.text("userId") == user.id);
    own.map(|identity| identity.part(&["issuer", "identityId", "detail"])).collect()
}

type Claim = fn(&State, &Record) -> Value;

/// Returns the larger claims of a scope. Settings determine which of them are in ID tokens.
fn larger(scope: &str) -> &'static [(&'static str, Claim)] {
    match scope {
        "custom_data" => &[("custom_data", |_, user| user.members.get("customData").cloned().unwrap_or_default())],
        "identities" => &[
            ("identities", |_, user| user.members.get("identities").cloned().unwrap_or_default()),
            ("sso_identities", enterprise_identities),
        ],
        "roles" => &[("roles", |state, user| {
            let holder = [("users", user.id.as_str())];
            let roles = state.store.links.ids("users_roles", "roles", &holder);
            roles.filter_map(|id| state.store.get(&ROLES, id)).map(|role| role.text("name")).collect()
        })],
        "urn:logto:scope:organizations" => &[
            ("organizations", |state, user| Holder::user(&user.id).organizations(state).into()),
            ("organization_data", |state, user| {
                let ids = Holder::user(&user.id).organizations(state);
                let organizations = ids.into_iter().filter_map(|id| state.store.get(&ORGANIZATIONS, id));
                organizations.map(|organization| organization.part(&["id", "name", "description"])).collect()
            }),
        ],
        "urn:logto:scope:organization_roles" => &[("organization_roles", |state, user| {
            let user = Holder::user(&user.id);
            let mut names = Vec::new();
            for organization in user.organizations(state) {
                let roles = user.organization_roles(state, organization).into_iter();
                let roles = roles.filter_map(|id| state.store.get(&ORGANIZATION_ROLES, id));
                names.extend(roles.map(|role| format!("{organization}:{}", role.text("name"))));
            }
            names.into()
        })],
        _ => &[],
    }
}
