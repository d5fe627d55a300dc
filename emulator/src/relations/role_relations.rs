use super::{OwnerCheck, Relation, Reply};
use crate::collections::{APPLICATIONS, ROLES, SCOPES, USERS, UnknownTarget, scope_fits};
use crate::errors::{Outcome, Refusal, internal};

const MACHINE: &str = "MachineToMachine";

pub(super) static ALL: [Relation; 5] = [
    Relation {
        owner_check: OwnerCheck::Always,
        accepts_empty: true,
        unknown_target: UnknownTarget::Collection,
        reply: Reply::IdsAndAdded("addedRoleIds"),
        replaces_unchecked: true,
        repeated_addition: Some(internal),
        repeated_replacement: Some(internal),
        fits: |_, role| refuse(role.text("type") == MACHINE, "user.invalid_role_type"),
        ..Relation::new("/api/users/{}/roles", "users_roles", &[&USERS], &ROLES, "roleIds")
    },
    Relation {
        owner_check: OwnerCheck::Always,
        accepts_empty: true,
        unknown_target: UnknownTarget::Collection,
        reply: Reply::IdsAndAdded("addedRoleIds"),
        replaces_unchecked: true,
        requires_new: true,
        repeated_replacement: Some(internal),
        suits: |application| refuse(application.text("type") != MACHINE, "application.invalid_type"),
        fits: |_, role| refuse(role.text("type") != MACHINE, "application.invalid_role_type"),
        ..Relation::new("/api/applications/{}/roles", "applications_roles", &[&APPLICATIONS], &ROLES, "roleIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.user_exists"),
        repeated_addition: Some(internal),
        unknown_target: UnknownTarget::Collection,
        fits: |role, _| refuse(role.text("type") == MACHINE, "entity.db_constraint_violated"),
        ..Relation::new("/api/roles/{}/users", "users_roles", &[&ROLES], &USERS, "userIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.application_exists"),
        repeated_addition: Some(internal),
        unknown_target: UnknownTarget::Collection,
        fits: |role, _| refuse(role.text("type") != MACHINE, "entity.db_constraint_violated"),
        listed: Some(("type", MACHINE)),
        ..Relation::new("/api/roles/{}/applications", "applications_roles", &[&ROLES], &APPLICATIONS, "applicationIds")
    },
    Relation {
        owner_check: OwnerCheck::ExceptRemoval,
        repeated: Some("role.scope_exists"),
        repeated_addition: Some(internal),
        unknown_target: UnknownTarget::Collection,
        reply: Reply::Records,
        fits: scope_fits,
        ..Relation::new("/api/roles/{}/scopes", "roles_scopes", &[&ROLES], &SCOPES, "scopeIds")
    },
];

fn refuse(unfit: bool, code: &str) -> Outcome<()> {
    if unfit { Err(Refusal::usual(422, code)) } else { Ok(()) }
}
