//! API resources, roles and the organization template.

use logto_admin::models::RoleType;
use serde_json::Value;

use super::super::entity_members::{Members, member};
use super::{Body, Form, Kind, Layout, LinkChange, Links, Owner, Part, Read, Standing, Write, text_rules, write};

/// The name of the Management API's resource in references. Its indicator differs between tenants.
pub(in super::super) const MANAGEMENT_API: &str = "management-api";
/// The role of applications that call the Management API.
pub(super) const MANAGEMENT_ROLE: &str = "Logto Management API access";

pub(super) static RESOURCES: Kind = Kind {
    file: "resources",
    noun: "resource",
    key: &["indicator"],
    members: &[
        member("indicator").at_least(1).fixed().required(),
        member("name").at_least(1).required(),
        member("accessTokenTtl").integer(),
        member("isDefault").flag().later().single(),
        member("scopes.*.name"),
        member("scopes.*.description"),
    ],
    read: Read::List("ListResources"),
    create: write("CreateResource"),
    update: write("UpdateResource"),
    delete: Some("DeleteResource"),
    parts: &[Part::Member {
        member: "isDefault",
        write: Write { operation: "UpdateResourceIsDefault", body: Body::Members, extra: &[] },
    }],
    standing: |resource| {
        let indicator = text(resource, "indicator");
        let built_in = text(resource, "id") == MANAGEMENT_API
            || (indicator.starts_with("https://")
                && (indicator.ends_with(".logto.app/api") || indicator.ends_with(".logto.app/me")));
        if built_in { Standing::BuiltIn(Some(MANAGEMENT_API)) } else { Standing::Own }
    },
    ..Kind::DEFAULT
};

pub(super) static SCOPES: Kind = Kind {
    file: "resources",
    noun: "scope",
    layout: Layout::Owned,
    owner: Some(Owner { kind: || &RESOURCES, member: "scopes" }),
    members: &[member("name").at_least(1).at_most(256).unless(text_rules::of_scopes).required(), member("description")],
    read: Read::List("ListResourceScopes"),
    create: write("CreateResourceScope"),
    update: write("UpdateResourceScope"),
    delete: Some("DeleteResourceScope"),
    ..Kind::DEFAULT
};

pub(super) static ORGANIZATION_SCOPES: Kind = Kind {
    file: "organization-template",
    noun: "organization scope",
    layout: Layout::Section("scopes"),
    members: &[member("name").at_least(1).at_most(128).required(), member("description").at_most(256)],
    read: Read::List("ListOrganizationScopes"),
    create: write("CreateOrganizationScope"),
    update: write("UpdateOrganizationScope"),
    delete: Some("DeleteOrganizationScope"),
    ..Kind::DEFAULT
};

pub(super) static ORGANIZATION_ROLES: Kind = Kind {
    file: "organization-template",
    noun: "organization role",
    layout: Layout::Section("roles"),
    members: &[
        member("name").at_least(1).at_most(128).required(),
        member("description").at_most(256),
        member("type").one_of(RoleType::VALUES).since(18),
        member("scopes").any().set(),
        member("resourceScopes").any(),
    ],
    read: Read::List("ListOrganizationRoles"),
    create: Some(Write {
        operation: "CreateOrganizationRole",
        body: Body::Members,
        extra: &[("organizationScopeIds", "[]"), ("resourceScopeIds", "[]")],
    }),
    update: write("UpdateOrganizationRole"),
    delete: Some("DeleteOrganizationRole"),
    parts: &[
        Part::Links(Links {
            member: "scopes",
            target: Some(|| &ORGANIZATION_SCOPES),
            noun: "organization scope",
            values: &[],
            within: None,
            form: Form::Names,
            read: "ListOrganizationRoleScopes",
            change: LinkChange::Replace("ReplaceOrganizationRoleScopes", "organizationScopeIds"),
            applies: |_| true,
            misfit: |_| None,
        }),
        Part::Links(Links {
            member: "resourceScopes",
            target: Some(|| &SCOPES),
            noun: "scope",
            values: &[],
            within: None,
            form: Form::ByOwner,
            read: "ListOrganizationRoleResourceScopes",
            change: LinkChange::Replace("ReplaceOrganizationRoleResourceScopes", "scopeIds"),
            applies: |_| true,
            misfit: |_| None,
        }),
    ],
    ..Kind::DEFAULT
};

pub(in super::super) static ROLES: Kind = Kind {
    file: "roles",
    noun: "role",
    members: &[
        member("name").at_least(1).at_most(128).required(),
        member("description").at_least(1).at_most(128).required(),
        member("type").one_of(RoleType::VALUES).fixed(),
        member("isDefault").flag(),
        member("scopes").any(),
    ],
    read: Read::List("ListRoles"),
    create: write("CreateRole"),
    update: write("UpdateRole"),
    delete: Some("DeleteRole"),
    parts: &[Part::Links(Links {
        member: "scopes",
        target: Some(|| &SCOPES),
        noun: "scope",
        values: &[],
        within: None,
        form: Form::ByOwner,
        read: "ListRoleScopes",
        change: LinkChange::AddRemove {
            add: "CreateRoleScope",
            member: "scopeIds",
            remove: "DeleteRoleScope",
            path: None,
        },
        applies: |_| true,
        misfit: |_| None,
    })],
    standing: |role| {
        let name = text(role, "name");
        let built_in = name == MANAGEMENT_ROLE || name.starts_with("#internal:");
        if built_in { Standing::BuiltIn(None) } else { Standing::Own }
    },
    ..Kind::DEFAULT
};

pub(super) fn text<'m>(members: &'m Members, name: &str) -> &'m str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}
