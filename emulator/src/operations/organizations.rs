use std::collections::BTreeSet;

use logto_admin::transport::HttpResponse;

use super::Handler;
use crate::call::Call;
use crate::collections::{
    INVITATIONS, JIT_EMAIL_DOMAINS, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS, USERS,
};
use crate::errors::{Outcome, constraint_violated, foreign_key, invalid_input, unique_violation};
use crate::http::reply;
use crate::operations::collection_operations::{keep, show};
use crate::policies::template_variables;
use crate::rules::{Shape, same_address, status_at};
use crate::state::messages::{self, INVITATION, Recipient};

pub(super) const ALL: &[(&str, Handler)] = &[
    ("AssignOrganizationRolesToUsers", |call| {
        assign_roles(call, ("userIds", "User"), "organization_users", "organization_user_roles")
    }),
    ("AssignOrganizationRolesToApplications", |call| {
        let holders = ("applicationIds", "MachineToMachine");
        assign_roles(call, holders, "organization_applications", "organization_application_roles")
    }),
    ("ReplaceOrganizationJitEmailDomains", replace_email_domains),
    ("ListOrganizationUserScopes", scopes_of_user),
    ("ReplaceOrganizationInvitationStatus", set_status),
    ("CreateOrganizationInvitationMessage", send_message),
];

/// Assigns several roles to several members. The holders are the member with their ids and the type of their roles.
fn assign_roles(
    call: &mut Call<'_>,
    (ids, kind): (&str, &str),
    members: &str,
    roles: &'static str,
) -> Outcome<HttpResponse> {
    let organization = call.parameter(0).to_owned();
    let (holders, given) = (call.texts(ids), call.texts("organizationRoleIds"));
    let store = &mut call.state.store;
    if !holders.iter().all(|holder| store.links.has(members, &[organization.clone(), holder.clone()])) {
        return Err(foreign_key());
    }
    for role in &given {
        let role = store.get(&ORGANIZATION_ROLES, role).ok_or_else(foreign_key)?;
        if role.text("type") != kind {
            return Err(constraint_violated());
        }
    }
    for holder in &holders {
        for role in &given {
            store.links.add(roles, vec![organization.clone(), holder.clone(), role.clone()]);
        }
    }
    Ok(reply::word(call.success()))
}

fn replace_email_domains(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let organization = call.parameter(0).to_owned();
    let domains = call.texts("emailDomains");
    if !domains.is_empty() && call.state.store.get(&ORGANIZATIONS, &organization).is_none() {
        return Err(foreign_key());
    }
    let distinct: BTreeSet<&String> = domains.iter().collect();
    if distinct.len() < domains.len() {
        return Err(unique_violation());
    }
    let old = call.state.store.all(&JIT_EMAIL_DOMAINS).filter(|domain| domain.text("organizationId") == organization);
    for id in old.map(|domain| domain.id.clone()).collect::<Vec<_>>() {
        call.state.store.remove(&JIT_EMAIL_DOMAINS, &id);
    }
    for domain in domains {
        let given = [("organizationId", organization.clone()), ("emailDomain", domain)];
        let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let record = call.state.blank(&JIT_EMAIL_DOMAINS, given, call.now);
        call.state.store.put(&JIT_EMAIL_DOMAINS, record);
    }
    Ok(reply::nothing(call.success()))
}

/// Lists the scopes of a member's roles in an organization. Other users have none.
fn scopes_of_user(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let store = &call.state.store;
    let member = [("organizations", call.parameter(0)), ("users", call.parameter(1))];
    let ids = store.links.organization_scopes("organization_user_roles", &member);
    let scopes = ids.iter().filter_map(|id| store.get(&ORGANIZATION_SCOPES, id));
    Ok(reply::json(call.success(), &scopes.map(|scope| scope.members.to_value()).collect()))
}

/// Only a pending invitation can be accepted, revoked or marked as expired.
fn set_status(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let (status, user) = (call.text("status").to_owned(), call.text("acceptedUserId").to_owned());
    if status == "Accepted" && user.is_empty() {
        return Err(invalid_input(422, "The `acceptedUserId` is required when accepting an invitation."));
    }
    let mut invitation = call.record(&INVITATIONS, call.parameter(0))?.clone();
    if status_at(&invitation, call.now) != "Pending" {
        return Err(invalid_input(422, "The status of the invitation cannot be changed anymore."));
    }
    if status == "Accepted" {
        accept(call, &user, &invitation)?;
        invitation.members.insert("acceptedUserId".to_owned(), user.into());
    }
    invitation.members.insert("status".to_owned(), status.into());
    keep(call, &INVITATIONS, &mut invitation);
    Ok(reply::json(call.success(), &show(call, &INVITATIONS, &invitation, Shape::Changed)))
}

/// Makes the user a member with the roles of the invitation.
fn accept(call: &mut Call<'_>, user: &str, invitation: &crate::record::Record) -> Outcome<()> {
    let organization = invitation.text("organizationId").to_owned();
    let email = call.record(&USERS, user)?.text("primaryEmail");
    if !same_address(email, invitation.text("invitee")) {
        return Err(invalid_input(422, "The accepted user must have the same email as the invitee."));
    }
    let store = &mut call.state.store;
    let condition = [("organization_invitations", invitation.id.as_str())];
    let roles = store.links.ids("organization_invitation_roles", ORGANIZATION_ROLES.name, &condition);
    let roles: Vec<String> = roles.map(str::to_owned).collect();
    let is_of_users = |id: &String| store.get(&ORGANIZATION_ROLES, id).is_some_and(|role| role.text("type") == "User");
    if !roles.iter().all(is_of_users) {
        return Err(constraint_violated());
    }
    let links = &mut store.links;
    links.add("organization_users", vec![organization.clone(), user.to_owned()]);
    for role in roles {
        links.add("organization_user_roles", vec![organization.clone(), user.to_owned(), role]);
    }
    Ok(())
}

fn send_message(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let invitation = call.record(&INVITATIONS, call.parameter(0))?;
    let recipient = Recipient::email(invitation.text("invitee"));
    let payload = template_variables::of_invitation(call.state, invitation, call.body.clone());
    messages::send(call.state, call.now, &recipient, INVITATION, payload)?;
    Ok(reply::nothing(call.success()))
}
