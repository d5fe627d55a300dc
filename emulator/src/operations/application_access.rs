//! Users that may sign in to an application, if it restricts access.

use std::collections::BTreeMap;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{ACCESS_RULES, APPLICATIONS, Collection, ORGANIZATION_ROLES, ORGANIZATIONS, ROLES, USERS};
use crate::document::validate::refuse_body;
use crate::document::validation_issues::{Bound, Issue};
use crate::errors::{Outcome, constraint_violated, foreign_key_as, invalid_input};
use crate::http::reply;
use crate::policies::application_access::ROLE_RULES;
use crate::record::{Members, drop_repeated};
use crate::rules::no_rules;
use crate::state::State;

pub(super) const ALL: &[(&str, Handler)] =
    &[("GetApplicationAccessControl", |call| shown(call)), ("ReplaceApplicationAccessControl", replace)];

/// The lists of rules: member, table and collection of the ids.
static LISTS: [(&str, &str, &Collection); 3] = [
    ("userIds", "application_access_users", &USERS),
    ("userRoleIds", "application_access_roles", &ROLES),
    ("organizationIds", "application_access_organizations", &ORGANIZATIONS),
];

/// The maximum number of ids in a list.
const MOST_RULES: usize = 1000;

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

/// Replaces all rules, and returns those that were sent without repetitions.
fn replace(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let rules = role_rules(call);
    if rules.iter().any(|(_, roles)| roles.is_empty()) {
        let message = "Organization-role rule groups must include at least one organization role.";
        return Err(invalid_input(422, message));
    }
    let application = call.record(&APPLICATIONS, call.parameter(0))?.clone();
    let mut sent = Members::new();
    let mut rows: Vec<(&str, &Collection, Vec<String>)> = Vec::new();
    for (member, table, collection) in LISTS {
        let mut ids: Vec<Value> = call.texts(member).into_iter().map(Value::from).collect();
        drop_repeated(&mut ids);
        if ids.len() > MOST_RULES {
            let issue = Issue::out_of_bounds("array", Bound::AtMost, MOST_RULES, &vec![member.into()]);
            return Err(refuse_body(vec![issue]));
        }
        rows.extend(ids.iter().filter_map(Value::as_str).map(|id| (table, collection, vec![id.to_owned()])));
        sent.insert(member.to_owned(), ids.into());
    }
    for (organization, roles) in &rules {
        let row = |role: &String| (ROLE_RULES, &ORGANIZATION_ROLES, vec![organization.clone(), role.clone()]);
        rows.extend(roles.iter().map(row));
    }
    if rows.is_empty() && application.is_true("appLevelAccessControlEnabled") {
        return Err(no_rules());
    }
    for (_, collection, row) in &rows {
        let owner = row.first().filter(|_| row.len() > 1).map(|organization| (&ORGANIZATIONS, organization));
        for (collection, id) in owner.into_iter().chain(row.last().map(|id| (*collection, id))) {
            check(call.state, collection, id)?;
        }
    }
    let links = &mut call.state.store.links;
    for (table, _) in ACCESS_RULES {
        links.remove(table, &[("applications", &application.id)]);
    }
    for (table, _, row) in rows {
        links.add(table, [vec![application.id.clone()], row].concat());
    }
    let shown = |(organization, roles): (String, Vec<String>)| json!({ "organizationId": organization, "organizationRoleIds": roles });
    sent.insert("organizationRoleRules".to_owned(), rules.into_iter().map(shown).collect());
    Ok(reply::json(call.success(), &sent.into()))
}

/// Returns the organizations in the body, each with its organization roles.
fn role_rules(call: &Call<'_>) -> Vec<(String, Vec<String>)> {
    let mut rules: Vec<(String, Vec<String>)> = Vec::new();
    for rule in call.body.get("organizationRoleRules").and_then(Value::as_array).into_iter().flatten() {
        let organization = rule.get("organizationId").and_then(Value::as_str).unwrap_or_default();
        let at = rules.iter().position(|(known, _)| known == organization).unwrap_or(rules.len());
        if at == rules.len() {
            rules.push((organization.to_owned(), Vec::new()));
        }
        let Some((_, roles)) = rules.get_mut(at) else { continue };
        let given = rule.get("organizationRoleIds").and_then(Value::as_array).into_iter().flatten();
        for role in given.filter_map(Value::as_str) {
            if !roles.iter().any(|known| known == role) {
                roles.push(role.to_owned());
            }
        }
    }
    rules
}

/// Rejects an unknown id, and a role that no user can have.
fn check(state: &State, collection: &Collection, id: &str) -> Outcome<()> {
    let found = state.store.get(collection, id).ok_or_else(|| foreign_key_as(404))?;
    match found.members.get("type").and_then(Value::as_str) {
        None | Some("User") => Ok(()),
        Some(_) => Err(constraint_violated()),
    }
}
