//! The scopes that users can grant to a third-party application. Or to all applications that are identified by their
//! metadata document.

use std::collections::BTreeMap;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{APPLICATIONS, CONSENT_USER_SCOPES, MANAGEMENT_RESOURCE_ID, RESOURCES, SCOPES};
use crate::errors::{Outcome, Refusal, empty_change, not_found};
use crate::http::reply;
use crate::policies::consent_scopes::{self, Kind as Assigned};
use crate::record::{Members, Record};
use crate::rules::third_party_only;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("ListApplicationUserConsentScopes", |call| {
        let application = call.record(&APPLICATIONS, call.parameter(0))?.id.clone();
        Ok(list(call, &application))
    }),
    ("CreateApplicationUserConsentScope", |call| {
        let application = third_party(call)?;
        add(call, &application)
    }),
    ("DeleteApplicationUserConsentScope", |call| {
        let application = call.record(&APPLICATIONS, call.parameter(0))?.id.clone();
        remove(call, &application)
    }),
    ("ListCimdUserConsentScopes", |call| Ok(list(call, CIMD))),
    ("AssignCimdUserConsentScopes", |call| add(call, CIMD)),
    ("DeleteCimdUserConsentScope", |call| remove(call, CIMD)),
];

/// A kind of scopes that are entities.
struct Kind {
    /// The member of a body.
    member: &'static str,
    /// The name in a path.
    path: &'static str,
    /// The member of the error for unknown scopes.
    invalid: &'static str,
    assigned: &'static Assigned,
}

static KINDS: [Kind; 3] = [
    Kind {
        member: "organizationScopes",
        path: "organization-scopes",
        invalid: "invalidOrganizationScopes",
        assigned: &consent_scopes::OF_ORGANIZATIONS,
    },
    Kind {
        member: "resourceScopes",
        path: "resource-scopes",
        invalid: "invalidResourceScopes",
        assigned: &consent_scopes::OF_RESOURCES,
    },
    Kind {
        member: "organizationResourceScopes",
        path: "organization-resource-scopes",
        invalid: "invalidOrganizationResourceScopes",
        assigned: &consent_scopes::IN_ORGANIZATIONS,
    },
];

/// The member with the scopes of `OpenID` Connect.
const USER_SCOPES: &str = "userScopes";
/// Stands for all applications that are identified by their metadata document. It takes the place of an application's
/// id.
const CIMD: &str = "cimd";

fn list(call: &Call<'_>, application: &str) -> HttpResponse {
    let store = &call.state.store;
    let mut shown = Members::from_iter([(USER_SCOPES.to_owned(), user_scopes(call, application).into())]);
    for kind in &KINDS {
        let scopes = kind.assigned.of(store, application);
        let parts = scopes.map(|scope| (scope.text("resourceId"), scope.part(&["id", "name", "description"])));
        let value = if kind.assigned.scopes.name == SCOPES.name {
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
    reply::json(call.success(), &shown.into())
}

fn user_scopes(call: &Call<'_>, application: &str) -> Vec<String> {
    let all = consent_scopes::of_users(&call.state.store, application);
    let mut names: Vec<_> = all.map(|scope| scope.text("userScope").to_owned()).collect();
    names.sort_unstable();
    names
}

/// Returns the id of the third-party application in the path.
fn third_party(call: &Call<'_>) -> Outcome<String> {
    let application = call.record(&APPLICATIONS, call.parameter(0))?;
    if application.is_true("isThirdParty") { Ok(application.id.clone()) } else { Err(third_party_only()) }
}

fn add(call: &mut Call<'_>, application: &str) -> Outcome<HttpResponse> {
    check(call)?;
    if KINDS.iter().any(|kind| call.body.contains_key(kind.member) && call.texts(kind.member).is_empty()) {
        return Err(empty_change());
    }
    for kind in &KINDS {
        for id in call.texts(kind.member) {
            call.state.store.links.add(kind.assigned.table, vec![application.to_owned(), id]);
        }
    }
    let known = user_scopes(call, application);
    for scope in call.texts(USER_SCOPES).into_iter().filter(|scope| !known.contains(scope)) {
        let given = [("applicationId".to_owned(), application.into()), ("userScope".to_owned(), scope.into())];
        let record = call.state.blank(&CONSENT_USER_SCOPES, given.into_iter().collect(), call.now);
        call.state.store.put(&CONSENT_USER_SCOPES, record);
    }
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
            .filter_map(|id| store.get(kind.assigned.scopes, id))
            .any(|scope| scope.text("resourceId") == MANAGEMENT_RESOURCE_ID);
        of_kind.retain(|id| store.get(kind.assigned.scopes, id).is_none());
        unknown |= !of_kind.is_empty();
        invalid.insert(kind.invalid.to_owned(), of_kind.into());
    }
    if unknown {
        let message = "Invalid user consent scopes.";
        return Err(Refusal::new(422, "application.user_consent_scopes_not_found", message).with("data", invalid));
    }
    if management {
        let message = "Users cannot grant scopes of the Management API.";
        return Err(Refusal::new(422, "application.consent_management_api_scopes_not_allowed", message));
    }
    Ok(())
}

/// Removes the scope that the last two path parameters identify.
fn remove(call: &mut Call<'_>, application: &str) -> Outcome<HttpResponse> {
    let [.., kind, scope] = call.parameters.as_slice() else { return Err(not_found()) };
    let store = &mut call.state.store;
    let removed = match KINDS.iter().find(|known| known.path == kind) {
        Some(kind) => {
            let row = [("applications", application), (kind.assigned.scopes.name, scope.as_str())];
            store.links.remove(kind.assigned.table, &row)
        }
        None => {
            let is = |known: &&Record| known.text("userScope") == scope;
            let id = consent_scopes::of_users(store, application).find(is).map(|found| found.id.clone());
            id.is_some_and(|id| store.remove(&CONSENT_USER_SCOPES, &id).is_some())
        }
    };
    if removed { Ok(reply::nothing(call.success())) } else { Err(not_found()) }
}
