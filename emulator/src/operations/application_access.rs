//! Users that may sign in to an application, if it restricts access.

use std::collections::BTreeMap;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{ACCESS_RULES, APPLICATIONS, Collection, ORGANIZATION_ROLES, ORGANIZATIONS, ROLES, USERS};
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::http::reply;
use crate::policies::application_access::ROLE_RULES;
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GetApplicationAccessControl", |call| shown(call)), ("ReplaceApplicationAccessControl", replace)];

/// The lists of rules: member, table and collection of the ids.
static LISTS: [(&str, &str, &Collection); 3] = [
    ("userIds", "application_access_users", &USERS),
    ("userRoleIds", "application_access_roles", &ROLES),
    ("organizationIds", "application_access_organizations", &ORGANIZATIONS),
];

fn shown(call: &Call<'_>) -> Outcome<HttpResponse> {
    let application = call.record(&APPLICATIONS, call.parameter(0))?.id.clone();
    let links = &call.state.store.links;
    let condition = [("applications", application.as_str())];
    let ids = |table: &str, column: &str| {
        let mut ids: Vec<&str> = links.ids(table, column, &condition).collect();
        ids.sort_unstable();
        Value::from(ids)
    };
    let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in links.rows(ROLE_RULES, &condition) {
        if let [_, organization, role] = row {
            rules.entry(organization).or_default().push(role);
        }
    }
    let rules: Value = rules
        .into_iter()
        .map(|(organization, mut roles)| {
            roles.sort_unstable();
            json!({ "organizationId": organization, "organizationRoleIds": roles })
        })
        .collect();
    let [users, roles, organizations] = LISTS.map(|(_, table, collection)| ids(table, collection.name));
    let shown = json!({
        "userIds": users,
        "userRoleIds": roles,
        "organizationIds": organizations,
        "organizationRoleRules": rules,
    });
    Ok(reply::json(200, &shown))
}

/// Replaces all rules.
fn replace(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let application = call.record(&APPLICATIONS, call.parameter(0))?.clone();
    let mut rows: Vec<(&str, Vec<String>)> = Vec::new();
    for (member, table, collection) in LISTS {
        for id in call.texts(member) {
            check(call.state, collection, &id)?;
            rows.push((table, vec![application.id.clone(), id]));
        }
    }
    for (organization, role) in role_rules(call) {
        check(call.state, &ORGANIZATIONS, &organization)?;
        check(call.state, &ORGANIZATION_ROLES, &role)?;
        rows.push((ROLE_RULES, vec![application.id.clone(), organization, role]));
    }
    if rows.is_empty() && application.is_true("appLevelAccessControlEnabled") {
        return Err(invalid_input(
            422,
            "Application access control must include at least one rule before it can be enabled.",
        ));
    }
    let links = &mut call.state.store.links;
    for (table, _) in ACCESS_RULES {
        links.remove(table, &[("applications", &application.id)]);
    }
    for (table, row) in rows {
        links.add(table, row);
    }
    shown(call)
}

/// Returns the pairs of organization and organization role in the body.
fn role_rules(call: &Call<'_>) -> Vec<(String, String)> {
    let rules = call.body.get("organizationRoleRules").and_then(Value::as_array).into_iter().flatten();
    let pairs = rules.flat_map(|rule| {
        let organization = rule.get("organizationId").and_then(Value::as_str).unwrap_or_default();
        let roles = rule.get("organizationRoleIds").and_then(Value::as_array).into_iter().flatten();
        roles.filter_map(Value::as_str).map(move |role| (organization.to_owned(), role.to_owned()))
    });
    pairs.collect()
}

fn check(state: &State, collection: &Collection, id: &str) -> Outcome<()> {
    let unknown = || Refusal::usual(404, "entity.relation_foreign_key_not_found");
    state.store.get(collection, id).map(|_| ()).ok_or_else(unknown)
}
