use super::{OwnerCheck, Relation, Reply, UnknownTarget};
use crate::collections::{APPLICATIONS, ROLES, SCOPES, USERS};
use crate::errors::{Outcome, Refusal};
use crate::seed::MANAGEMENT_RESOURCE_ID;
use crate::store::Record;

const MACHINE: &str = "MachineToMachine";

pub(super) static ALL: [Relation; 5] = [
    Relation {
        owner_check: OwnerCheck::Always,
        accepts_empty: true,
        unknown_target: UnknownTarget::Collection,
        reply: Reply::IdsAndAdded("addedRoleIds"),
        fits: |_, role| refuse(role.text("type") == MACHINE, "user.invalid_role_type"),
        ..Relation::new("/api/users/{}/roles", "users_roles", &[&USERS], &ROLES, "roleIds")
    },
    Relation {
        owner_check: OwnerCheck::Always,
        accepts_empty: true,
        unknown_target: UnknownTarget::Collection,
        reply: Reply::IdsAndAdded("addedRoleIds"),
        refuses_same: true,
        suits: |application| refuse(application.text("type") != MACHINE, "application.invalid_type"),
        fits: |_, role| refuse(role.text("type") != MACHINE, "application.invalid_role_type"),
        ..Relation::new("/api/applications/{}/roles", "applications_roles", &[&APPLICATIONS], &ROLES, "roleIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.user_exists"),
        unknown_target: UnknownTarget::Collection,
        fits: |role, _| refuse(role.text("type") == MACHINE, "user.invalid_role_type"),
        ..Relation::new("/api/roles/{}/users", "users_roles", &[&ROLES], &USERS, "userIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.application_exists"),
        unknown_target: UnknownTarget::Collection,
        fits: |role, application| {
            refuse(application.text("type") != MACHINE, "application.invalid_type")?;
            refuse(role.text("type") != MACHINE, "application.invalid_role_type")
        },
        ..Relation::new("/api/roles/{}/applications", "applications_roles", &[&ROLES], &APPLICATIONS, "applicationIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.scope_exists"),
        unknown_target: UnknownTarget::Collection,
        reply: Reply::Records,
        fits: scope_fits,
        ..Relation::new("/api/roles/{}/scopes", "roles_scopes", &[&ROLES], &SCOPES, "scopeIds")
    },
];

fn refuse(unfit: bool, code: &str) -> Outcome<()> {
    if !unfit {
        return Ok(());
    }
    let message =
        "Users need roles of type User, and machine-to-machine applications need roles of type MachineToMachine.";
    Err(Refusal::new(422, code, message))
}

/// Rejects scopes of the Management API for user roles.
pub(crate) fn scope_fits(role: &Record, scope: &Record) -> Outcome<()> {
    if role.text("type") == MACHINE || scope.text("resourceId") != MANAGEMENT_RESOURCE_ID {
        return Ok(());
    }
    let message = "Scopes of the Management API can only be assigned to roles of type MachineToMachine.";
    Err(Refusal::new(403, "role.management_api_scopes_not_assignable_to_user_role", message))
}
