//! The context of a token, for the script that adds claims to it.

use logto_admin::serde_json::{Value, json};

use super::recipient::Recipient;
use crate::collections::{ORGANIZATION_ROLES, ORGANIZATIONS, RESOURCES, ROLES, SCOPES, USERS};
use crate::oidc::claims::enterprise_identities;
use crate::oidc::scopes::{Holder, ORGANIZATION};
use crate::passwords;
use crate::record::{Members, Record};
use crate::state::State;
use crate::state::oidc::EXCHANGE;

/// Returns the context of a token with these claims.
pub(super) fn of(state: &State, recipient: Recipient<'_>, claims: &Members) -> Value {
    let application = state.application(recipient.client).map(|application| application.members.to_value());
    let members = [
        ("user", state.store.get(&USERS, recipient.holder.id).map(|user| described(state, user))),
        ("grant", recipient.exchanged.map(|context| json!({ "type": EXCHANGE, "subjectTokenContext": context }))),
        ("interaction", recipient.session.and_then(|uid| submission(state, recipient.holder.id, uid))),
        ("application", application),
        ("organization", organization(claims).and_then(|id| state.store.get(&ORGANIZATIONS, id)).map(shown)),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(members.collect())
}

/// Returns the id of the organization that a token is for.
fn organization(claims: &Members) -> Option<&str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    text("organization_id").or_else(|| text("aud")?.strip_prefix(ORGANIZATION))
}

fn shown(organization: &Record) -> Value {
    organization.part(&["id", "name", "description", "customData"])
}

fn submission(state: &State, user: &str, uid: &str) -> Option<Value> {
    let session = state.oidc.sessions.of_uid(uid).filter(|session| session.user == user)?;
    Some(session.last_submission.clone())
}

fn described(state: &State, user: &Record) -> Value {
    let mut shown = user.members.to_object();
    let (organizations, organization_roles) = organizations(state, user);
    let more = [
        ("hasPassword", user.hidden.contains_key(passwords::DIGEST).into()),
        ("ssoIdentities", enterprise_identities(state, user)),
        ("mfaVerificationFactors", factors(state, user)),
        ("roles", roles(state, user)),
        ("organizations", organizations),
        ("organizationRoles", organization_roles),
    ];
    shown.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    shown.into()
}

/// Returns the kinds of second factors, each once.
fn factors(state: &State, user: &Record) -> Value {
    let mut kinds: Vec<&str> = Vec::new();
    for factor in state.second_factors(&user.id) {
        if !kinds.contains(&factor.text("type")) {
            kinds.push(factor.text("type"));
        }
    }
    kinds.into()
}

fn roles(state: &State, user: &Record) -> Value {
    let links = &state.store.links;
    let roles = links.ids("users_roles", ROLES.name, &[(USERS.name, &user.id)]).collect::<Vec<_>>();
    let roles = roles.into_iter().filter_map(|id| state.store.get(&ROLES, id)).map(|role| {
        let mut shown = part(role, &["id", "name", "description"]);
        let scopes = links.ids("roles_scopes", SCOPES.name, &[(ROLES.name, &role.id)]).collect::<Vec<_>>();
        let scopes = scopes.into_iter().filter_map(|id| state.store.get(&SCOPES, id)).map(|scope| {
            let mut shown = part(scope, &["id", "name", "description", "resourceId"]);
            let resource = state.store.get(&RESOURCES, scope.text("resourceId"));
            shown.insert("resource".to_owned(), resource.map(|resource| resource.members.to_value()).into());
            Value::Object(shown)
        });
        shown.insert("scopes".to_owned(), scopes.collect());
        Value::Object(shown)
    });
    roles.collect()
}

/// Returns the organizations of a user, and the user's roles in them.
fn organizations(state: &State, user: &Record) -> (Value, Value) {
    let holder = Holder::user(&user.id);
    let (mut organizations, mut roles) = (Vec::new(), Vec::new());
    for organization in holder.organizations(state).into_iter().filter_map(|id| state.store.get(&ORGANIZATIONS, id)) {
        organizations.push(organization.part(&["id", "name", "description"]));
        let own = holder.organization_roles(state, &organization.id).into_iter();
        roles.extend(own.filter_map(|id| state.store.get(&ORGANIZATION_ROLES, id)).map(
            |role| json!({ "organizationId": organization.id, "roleId": role.id, "roleName": role.text("name") }),
        ));
    }
    (organizations.into(), roles.into())
}

fn part(record: &Record, names: &[&str]) -> Members {
    match record.part(names) {
        Value::Object(members) => members,
        _ => Members::new(),
    }
}
