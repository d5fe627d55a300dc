use super::{OwnerCheck, Relation};
use crate::collections::{
    APPLICATIONS, Filter, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS, SCOPES, SSO_CONNECTORS, Test, USERS,
};
use crate::errors::{Outcome, constraint_violated, internal, unique_violation};
use crate::record::{Members, Record};
use crate::rules::{View, role_names, third_party_only};
use crate::store::links::Where;

const MEMBERS: &str = "organization_users";
const APPS: &str = "organization_applications";
const MEMBER_ROLES: &str = "organization_user_roles";
const APP_ROLES: &str = "organization_application_roles";

pub(super) static ALL: [Relation; 11] = [
    Relation {
        filters: &[Filter {
            parameter: "organizationRoleId",
            test: Test::Linked { table: MEMBER_ROLES, column: "organization_roles" },
        }],
        present: |view, owners, user, members| add_roles(view, MEMBER_ROLES, owners, ("users", &user.id), members),
        ..Relation::new("/api/organizations/{}/users", MEMBERS, &[&ORGANIZATIONS], &USERS, "userIds")
    },
    Relation {
        fits: |_, app| of_type(app, "MachineToMachine"),
        present: |view, owners, app, members| add_roles(view, APP_ROLES, owners, ("applications", &app.id), members),
        ..Relation::new("/api/organizations/{}/applications", APPS, &[&ORGANIZATIONS], &APPLICATIONS, "applicationIds")
    },
    Relation {
        names: Some("organizationRoleNames"),
        requires: Some(MEMBERS),
        fits: |_, role| of_type(role, "User"),
        ..Relation::new(
            "/api/organizations/{}/users/{}/roles",
            MEMBER_ROLES,
            &[&ORGANIZATIONS, &USERS],
            &ORGANIZATION_ROLES,
            "organizationRoleIds",
        )
    },
    Relation {
        requires: Some(APPS),
        repeated_replacement: Some(unique_violation),
        fits: |_, role| of_type(role, "MachineToMachine"),
        ..Relation::new(
            "/api/organizations/{}/applications/{}/roles",
            APP_ROLES,
            &[&ORGANIZATIONS, &APPLICATIONS],
            &ORGANIZATION_ROLES,
            "organizationRoleIds",
        )
    },
    Relation {
        owner_check: OwnerCheck::Listing,
        repeated_replacement: Some(unique_violation),
        ..Relation::new(
            "/api/organizations/{}/jit/roles",
            "organization_jit_roles",
            &[&ORGANIZATIONS],
            &ORGANIZATION_ROLES,
            "organizationRoleIds",
        )
    },
    Relation {
        owner_check: OwnerCheck::Listing,
        repeated_replacement: Some(unique_violation),
        ..Relation::new(
            "/api/organizations/{}/jit/sso-connectors",
            "organization_jit_sso_connectors",
            &[&ORGANIZATIONS],
            &SSO_CONNECTORS,
            "ssoConnectorIds",
        )
    },
    Relation {
        owner_check: OwnerCheck::Listing,
        repeated_replacement: Some(unique_violation),
        ..Relation::new(
            "/api/organization-roles/{}/scopes",
            "organization_role_scopes",
            &[&ORGANIZATION_ROLES],
            &ORGANIZATION_SCOPES,
            "organizationScopeIds",
        )
    },
    Relation {
        owner_check: OwnerCheck::Listing,
        repeated_replacement: Some(unique_violation),
        ..Relation::new(
            "/api/organization-roles/{}/resource-scopes",
            "organization_role_resource_scopes",
            &[&ORGANIZATION_ROLES],
            &SCOPES,
            "scopeIds",
        )
    },
    Relation {
        owner_check: OwnerCheck::Always,
        present: |view, owners, organization, members| {
            add_roles(view, MEMBER_ROLES, owners, ("organizations", &organization.id), members);
        },
        ..Relation::new("/api/users/{}/organizations", MEMBERS, &[&USERS], &ORGANIZATIONS, "organizationIds")
    },
    Relation {
        owner_check: OwnerCheck::Always,
        present: |view, owners, organization, members| {
            add_roles(view, APP_ROLES, owners, ("organizations", &organization.id), members);
        },
        ..Relation::new("/api/applications/{}/organizations", APPS, &[&APPLICATIONS], &ORGANIZATIONS, "organizationIds")
    },
    Relation {
        targets_within: Some(MEMBERS),
        owner_check: OwnerCheck::First,
        repeated_replacement: Some(internal),
        suits: |application| if application.is_true("isThirdParty") { Ok(()) } else { Err(third_party_only()) },
        ..Relation::new(
            "/api/applications/{}/users/{}/consent-organizations",
            "application_consent_organizations",
            &[&APPLICATIONS, &USERS],
            &ORGANIZATIONS,
            "organizationIds",
        )
    },
];

/// Adds the roles that a member has in an organization.
fn add_roles(view: &View<'_>, table: &str, owners: &[Where<'_>], target: Where<'_>, members: &mut Members) {
    let conditions: Vec<Where<'_>> = owners.iter().copied().chain([target]).collect();
    members.insert("organizationRoles".to_owned(), role_names(view, table, &conditions));
}

fn of_type(target: &Record, kind: &str) -> Outcome<()> {
    if target.text("type") == kind { Ok(()) } else { Err(constraint_violated()) }
}
