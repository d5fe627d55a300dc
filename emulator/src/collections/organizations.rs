use logto_admin::serde_json::{Value, json};

use super::roles::featured_of;
use super::users::refuse_past;
use super::{
    Collection, Draft, Filter, InitialLinks, Key, Order, Owner, RESOURCES, SCOPES, Shape, Test, USERS, Unique, Unknown,
    View,
};
use crate::call::Call;
use crate::errors::{Outcome, foreign_key, unique_violation};
use crate::messages::{self, Recipient};
use crate::store::{Members, Record, text};

/// The error code for duplicates, shared by several unique members.
const TAKEN: &str = "entity.unique_integrity_violation";

pub(crate) static ORGANIZATIONS: Collection = Collection {
    name: "organizations",
    path: "/api/organizations",
    key: Key::Id(12),
    blank: || {
        json!({
            "tenantId": "default",
            "name": "",
            "description": null,
            "customData": {},
            "isMfaRequired": false,
            "color": {},
            "branding": {},
            "customCss": null,
        })
    },
    stamps: &["createdAt"],
    searchable: &["id", "name", "description"],
    unknown_on_delete: Unknown::Plain,
    refuses_empty_change: true,
    present: |view, organization, members| {
        if view.shape == Shape::Listed && view.query.is_true("showFeatured") {
            let condition = ("organizations", organization.id.as_str());
            let (count, first) = featured_of(view, "organization_users", condition, &USERS, &["id", "avatar", "name"]);
            members.insert("usersCount".to_owned(), count.into());
            members.insert("featuredUsers".to_owned(), first);
        }
    },
    ..Collection::DEFAULT
};

pub(crate) static ORGANIZATION_ROLES: Collection = Collection {
    name: "organization_roles",
    path: "/api/organization-roles",
    blank: || json!({ "tenantId": "default", "name": "", "description": null, "type": "User" }),
    unique: &[Unique { member: "name", code: TAKEN }],
    searchable: &["id", "name", "description"],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    refuses_empty_change: true,
    links: &[
        InitialLinks {
            member: "organizationScopeIds",
            table: "organization_role_scopes",
            target: "organization_scopes",
        },
        InitialLinks { member: "resourceScopeIds", table: "organization_role_resource_scopes", target: "scopes" },
    ],
    present: |view, role, members| {
        if view.shape == Shape::Listed {
            members.insert("scopes".to_owned(), role_scopes(view, role));
            members.insert("resourceScopes".to_owned(), resource_scopes(view, role));
        }
    },
    ..Collection::DEFAULT
};

pub(crate) static ORGANIZATION_SCOPES: Collection = Collection {
    name: "organization_scopes",
    path: "/api/organization-scopes",
    blank: || json!({ "tenantId": "default", "name": "", "description": null }),
    unique: &[Unique { member: "name", code: TAKEN }],
    searchable: &["id", "name", "description"],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    refuses_empty_change: true,
    ..Collection::DEFAULT
};

pub(crate) static JIT_EMAIL_DOMAINS: Collection = Collection {
    name: "organization_jit_email_domains",
    path: "/api/organizations/{}/jit/email-domains",
    key: Key::Member { name: "emailDomain", taken: TAKEN },
    owner: Some(Owner { collection: &ORGANIZATIONS, member: "organizationId", has_checked_list: false }),
    blank: || json!({ "tenantId": "default", "emailDomain": "" }),
    searchable: &["emailDomain"],
    order: Order::By("emailDomain"),
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    ..Collection::DEFAULT
};

pub(crate) static INVITATIONS: Collection = Collection {
    name: "organization_invitations",
    path: "/api/organization-invitations",
    dies_with: Some(("organizationId", &ORGANIZATIONS)),
    blank: || {
        json!({
            "tenantId": "default",
            "inviterId": null,
            "invitee": "",
            "acceptedUserId": null,
            "organizationId": "",
            "status": "Pending",
            "expiresAt": null,
        })
    },
    stamps: &["createdAt", "updatedAt"],
    touched: Some("updatedAt"),
    searchable: &["invitee"],
    filters: &[
        Filter { parameter: "organizationId", test: Test::Is("organizationId") },
        Filter { parameter: "inviterId", test: Test::Is("inviterId") },
        Filter { parameter: "invitee", test: Test::Is("invitee") },
    ],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    links: &[InitialLinks {
        member: "organizationRoleIds",
        table: "organization_invitation_roles",
        target: "organization_roles",
    }],
    prepare: prepare_invitation,
    created: |call, invitation| {
        if let Some(payload) = message_payload(&call.body).cloned() {
            let recipient = Recipient::email(invitation.text("invitee"));
            messages::keep(call.state, call.now, &recipient, INVITATION_USAGE, payload);
        }
    },
    present: |view, invitation, members| {
        let conditions = [("organization_invitations", invitation.id.as_str())];
        members.insert("organizationRoles".to_owned(), role_names(view, "organization_invitation_roles", &conditions));
    },
    ..Collection::DEFAULT
};

fn prepare_invitation(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if !draft.creates {
        return Ok(());
    }
    refuse_past(call.now, draft)?;
    let store = &call.state.store;
    let (organization, inviter) = (text(&draft.sent, "organizationId"), text(&draft.sent, "inviterId"));
    let known = store.get(&ORGANIZATIONS, organization).is_some();
    if !known || !(inviter.is_empty() || store.get(&USERS, inviter).is_some()) {
        return Err(foreign_key());
    }
    let invitee = text(&draft.sent, "invitee");
    let pending = |other: &Record| {
        other.text("status") == "Pending"
            && other.text("organizationId") == organization
            && other.text("invitee") == invitee
    };
    if store.all(&INVITATIONS).any(pending) {
        return Err(unique_violation());
    }
    match message_payload(&draft.sent) {
        Some(_) => messages::check(call.state, call.now, &Recipient::email(invitee)),
        None => Ok(()),
    }
}

/// The usage type of the template for invitations.
pub(crate) const INVITATION_USAGE: &str = "OrganizationInvitation";

/// Returns the variables of the email, if the body of an invitation asks for one.
fn message_payload(body: &Members) -> Option<&Members> {
    body.get("messagePayload").and_then(Value::as_object)
}

/// Returns the ids and names of the organization roles in a table of links.
pub(crate) fn role_names(view: &View<'_>, table: &str, conditions: &[(&str, &str)]) -> Value {
    let store = &view.state.store;
    let roles = store.links.ids(table, "organization_roles", conditions);
    roles.filter_map(|id| store.get(&ORGANIZATION_ROLES, id)).map(|role| role.part(&["id", "name"])).collect()
}

fn role_scopes(view: &View<'_>, role: &Record) -> Value {
    let store = &view.state.store;
    let conditions = [("organization_roles", role.id.as_str())];
    let scopes = store.links.ids("organization_role_scopes", "organization_scopes", &conditions);
    scopes.filter_map(|id| store.get(&ORGANIZATION_SCOPES, id)).map(|scope| scope.part(&["id", "name"])).collect()
}

fn resource_scopes(view: &View<'_>, role: &Record) -> Value {
    let store = &view.state.store;
    let conditions = [("organization_roles", role.id.as_str())];
    let scopes = store.links.ids("organization_role_resource_scopes", "scopes", &conditions);
    let shown = scopes.filter_map(|id| store.get(&SCOPES, id)).map(|scope| {
        let resource = store.get(&RESOURCES, scope.text("resourceId")).map(|resource| resource.part(&["id", "name"]));
        let mut members = Members::new();
        members.insert("id".to_owned(), scope.id.clone().into());
        members.insert("name".to_owned(), scope.text("name").into());
        members.insert("resource".to_owned(), resource.unwrap_or_default());
        Value::Object(members)
    });
    shown.collect()
}
