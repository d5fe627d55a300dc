//! The events of a request. It looks at the state before and after the operation.

use std::collections::BTreeSet;

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::events::{Content, EVENTS, Event};
use super::{announce, is_wanted};
use crate::call::Call;
use crate::collections::{INVITATIONS, SCOPES, USERS};
use crate::http::{nesting, sign_in_context};
use crate::record::{Members, Record};
use crate::state::State;

/// Maximum number of ids in a list of a delivery.
const MOST_IDS: usize = 5000;

/// Webhook events that a request triggers if it succeeds.
pub(crate) struct Trigger {
    events: Vec<&'static Event>,
    /// The request, as deliveries describe it.
    request: Members,
    caller: String,
    /// The user in the path, if there is one.
    user: String,
    /// The user that the request deletes.
    deleted: Option<Value>,
    /// The scopes of a new role that the request lists.
    scopes: Option<Vec<Value>>,
    organization: Option<Organization>,
}

/// An organization and its members.
struct Organization {
    id: String,
    users: BTreeSet<String>,
    applications: BTreeSet<String>,
}

impl Organization {
    fn of(state: &State, id: &str) -> Self {
        let members = |table, column| {
            let owner = [("organizations", id)];
            state.store.links.ids(table, column, &owner).map(str::to_owned).collect()
        };
        Self {
            users: members("organization_users", "users"),
            applications: members("organization_applications", "applications"),
            id: id.to_owned(),
        }
    }

    /// Returns who joined and left since then.
    fn changes(&self, now: &Self) -> Members {
        let mut changes = Members::new();
        let mut add = |name: &str, one: &BTreeSet<String>, other: &BTreeSet<String>| {
            let ids: Vec<&String> = one.difference(other).take(MOST_IDS).collect();
            if !ids.is_empty() {
                changes.insert(name.to_owned(), json!(ids));
            }
        };
        add("addedUserIds", &now.users, &self.users);
        add("removedUserIds", &self.users, &now.users);
        add("addedApplicationIds", &now.applications, &self.applications);
        add("removedApplicationIds", &self.applications, &now.applications);
        changes.insert("organizationId".to_owned(), self.id.clone().into());
        changes
    }
}

impl Trigger {
    /// Returns what a call will trigger. Returns `None` if no hook subscribes to its events.
    pub(crate) fn of(call: &Call<'_>) -> Option<Self> {
        if !call.state.outbox.enabled {
            return None;
        }
        let events = EVENTS.iter().filter(|event| event.operation == call.info.id);
        let events: Vec<&Event> = events.filter(|event| is_wanted(call.state, event.name)).collect();
        let has = |content| events.iter().any(|event| event.content == content);
        let organization = if has(Content::Members) {
            Some(call.parameter(0))
        } else if has(Content::AcceptedMembers) && call.text("status") == "Accepted" {
            call.state.store.get(&INVITATIONS, call.parameter(0)).map(|record| record.text("organizationId"))
        } else {
            None
        };
        let organization = organization.map(|id| Organization::of(call.state, id));
        let deleted = call.state.store.get(&USERS, call.parameter(0)).filter(|_| has(Content::Deleted)).map(shown);
        let (caller, user) = (call.caller.clone(), call.parameter(0).to_owned());
        let scopes = listed_scopes(call);
        let trigger = Self { request: described(call), caller, user, deleted, scopes, organization, events };
        (!trigger.events.is_empty()).then_some(trigger)
    }

    /// Announces the events of a call that succeeded.
    pub(crate) fn fire(mut self, state: &mut State, now: i64, response: &HttpResponse) {
        let answer = nesting::read(&response.body.text()).unwrap_or_default();
        self.request.insert("status".to_owned(), response.status.into());
        for event in &self.events {
            if let Some(members) = self.members(event.content, state, &answer) {
                announce(state, now, event.name, &members);
            }
        }
    }

    fn members(&self, content: Content, state: &State, answer: &Value) -> Option<Members> {
        let mut members = self.request.clone();
        let mut tell = |name: &str, value: Value| members.insert(name.to_owned(), value);
        match content {
            Content::Answer if answer.is_null() => {}
            Content::Answer => drop(tell("data", answer.clone())),
            Content::Deleted => drop(tell("data", self.deleted.clone()?)),
            Content::RoleScopes => {
                let ids = self.scopes.as_ref()?.iter().filter_map(Value::as_str);
                let scopes = ids.filter_map(|id| state.store.get(&SCOPES, id)).map(shown).collect();
                tell("roleId", answer.get("id")?.clone());
                tell("data", scopes);
            }
            Content::OrganizationRoleScopes => {
                self.scopes.as_ref().filter(|scopes| !scopes.is_empty())?;
                tell("organizationRoleId", answer.get("id")?.clone());
            }
            Content::Members | Content::AcceptedMembers => {
                let before = self.organization.as_ref()?;
                members.extend(before.changes(&Organization::of(state, &before.id)));
            }
            Content::User | Content::Caller => {
                let id = if content == Content::User { self.user.as_str() } else { self.caller.as_str() };
                let user = shown(state.store.get(&USERS, id)?);
                members.retain(|name, _| matches!(name.as_str(), "ip" | "userAgent"));
                members.insert("data".to_owned(), user);
            }
        }
        Some(members)
    }
}

fn listed_scopes(call: &Call<'_>) -> Option<Vec<Value>> {
    let lists = ["scopeIds", "organizationScopeIds", "resourceScopeIds"].into_iter();
    let lists = lists.filter_map(|name| call.body.get(name)?.as_array());
    lists.cloned().reduce(|one, other| [one, other].concat())
}

fn shown(record: &Record) -> Value {
    record.members.to_value()
}

/// Describes a request: its path without `/api`, its route and so on.
fn described(call: &Call<'_>) -> Members {
    let without_prefix = |path: &str| path.strip_prefix("/api").unwrap_or(path).to_owned();
    let names = call.info.path_parameters.iter().map(|name| (*name).to_owned());
    let params: Members = names.zip(call.parameters.iter().map(|value| value.as_str().into())).collect();
    let route = without_prefix(call.info.path).replace('{', ":").replace('}', "");
    let request = json!({
        "path": without_prefix(&call.request.path),
        "method": call.info.method.as_str(),
        "params": params,
        "matchedRoute": route,
    });
    let mut members = sign_in_context::client(call.request);
    members.extend(request.as_object().cloned().unwrap_or_default());
    members
}
