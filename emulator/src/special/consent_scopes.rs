//! The scopes that users can grant to a third-party application.

use std::collections::BTreeMap;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{APPLICATIONS, Collection, ORGANIZATION_SCOPES, RESOURCES, SCOPES, third_party_only};
use crate::entities::keep;
use crate::errors::{Outcome, Refusal, not_found};
use crate::reply;
use crate::seed::MANAGEMENT_RESOURCE_ID;
use crate::store::{Members, Record};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListApplicationUserConsentScopes", |call| list(call)),
    ("CreateApplicationUserConsentScope", add),
    ("DeleteApplicationUserConsentScope", remove),
];

/// A kind of scopes that are entities.
struct Kind {
    /// The member of a body.
    member: &'static str,
    /// The name in a path.
    path: &'static str,
    /// The member of the error for unknown scopes.
    invalid: &'static str,
    table: &'static str,
    scopes: &'static Collection,
}

static KINDS: [Kind; 3] = [
    Kind {
        member: "organizationScopes",
        path: "organization-scopes",
        invalid: "invalidOrganizationScopes",
        table: "application_consent_organization_scopes",
        scopes: &ORGANIZATION_SCOPES,
    },
    Kind {
        member: "resourceScopes",
        path: "resource-scopes",
        invalid: "invalidResourceScopes",
        table: "application_consent_resource_scopes",
        scopes: &SCOPES,
    },
    Kind {
        member: "organizationResourceScopes",
        path: "organization-resource-scopes",
        invalid: "invalidOrganizationResourceScopes",
        table: "application_consent_organization_resource_scopes",
        scopes: &SCOPES,
    },
];

/// The hidden member of an application with the scopes of OpenID Connect.
const USER_SCOPES: &str = "userScopes";

fn list(call: &Call<'_>) -> Outcome<HttpResponse> {
    let application = call.record(&APPLICATIONS, call.parameter(0))?;
    let store = &call.state.store;
    let mut shown = Members::from_iter([(USER_SCOPES.to_owned(), user_scopes(application).into())]);
    for kind in &KINDS {
        let condition = [("applications", application.id.as_str())];
        let scopes = store.links.ids(kind.table, kind.scopes.name, &condition);
        let scopes = scopes.filter_map(|id| store.get(kind.scopes, id));
        let parts = scopes.map(|scope| (scope.text("resourceId"), scope.part(&["id", "name", "description"])));
        let value = if kind.scopes.name == SCOPES.name {
            let mut by_resource: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
            parts.for_each(|(resource, scope)| by_resource.entry(resource).or_default().push(scope));
            let resources = by_resource.into_iter().filter_map(|(resource, scopes)| {
                let resource = store.get(&RESOURCES, resource)?.part(&["id", "name", "indicator"]);
                Some(json!({ "resource": resource, "scopes": scopes }))
            });
            resources.collect::<Value>()
        } else {
            parts.map(|(_, scope)| scope).collect()
        };
        shown.insert(kind.member.to_owned(), value);
    }
    Ok(reply::json(call.success(), &shown.into()))
}

fn user_scopes(application: &Record) -> Vec<String> {
    let scopes = application.hidden.get(USER_SCOPES).and_then(Value::as_array).into_iter().flatten();
    scopes.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the third-party application in the path.
fn third_party(call: &Call<'_>) -> Outcome<Record> {
    let application = call.record(&APPLICATIONS, call.parameter(0))?;
    if application.is_true("isThirdParty") { Ok(application.clone()) } else { Err(third_party_only()) }
}

fn add(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = third_party(call)?;
    check(call)?;
    for kind in &KINDS {
        for id in call.texts(kind.member) {
            call.state.store.links.add(kind.table, vec![application.id.clone(), id]);
        }
    }
    let mut scopes = user_scopes(&application);
    scopes.extend(call.texts(USER_SCOPES));
    scopes.sort_unstable();
    scopes.dedup();
    application.hidden.insert(USER_SCOPES.to_owned(), scopes.into());
    keep(call, &APPLICATIONS, &mut application);
    Ok(reply::word(call.success()))
}

/// Rejects scopes that do not exist, and those of the Management API.
fn check(call: &Call<'_>) -> Outcome<()> {
    let store = &call.state.store;
    let mut invalid = Members::new();
    let (mut unknown, mut management) = (false, false);
    for kind in &KINDS {
        let mut of_kind = call.texts(kind.member);
        management |= of_kind
            .iter()
            .filter_map(|id| store.get(kind.scopes, id))
            .any(|scope| scope.text("resourceId") == MANAGEMENT_RESOURCE_ID);
        of_kind.retain(|id| store.get(kind.scopes, id).is_none());
        unknown |= !of_kind.is_empty();
        invalid.insert(kind.invalid.to_owned(), of_kind.into());
    }
    if unknown {
        let message = "One of the scopes does not exist.";
        return Err(Refusal::new(422, "application.user_consent_scopes_not_found", message).with("data", invalid));
    }
    if management {
        let message = "Users cannot grant scopes of the Management API.";
        return Err(Refusal::new(422, "application.consent_management_api_scopes_not_allowed", message));
    }
    Ok(())
}

fn remove(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = call.record(&APPLICATIONS, call.parameter(0))?.clone();
    let (kind, scope) = (call.parameter(1).to_owned(), call.last_parameter().to_owned());
    let removed = match KINDS.iter().find(|known| known.path == kind) {
        Some(kind) => {
            let conditions = [("applications", application.id.as_str()), (kind.scopes.name, scope.as_str())];
            call.state.store.links.remove(kind.table, &conditions)
        }
        None => {
            let mut scopes = user_scopes(&application);
            let count = scopes.len();
            scopes.retain(|known| *known != scope);
            let removed = scopes.len() < count;
            application.hidden.insert(USER_SCOPES.to_owned(), scopes.into());
            keep(call, &APPLICATIONS, &mut application);
            removed
        }
    };
    if removed { Ok(reply::nothing(call.success())) } else { Err(not_found()) }
}
