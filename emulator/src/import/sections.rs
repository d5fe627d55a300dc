//! The sections of the imported data, in the order of their creation. Later sections refer to earlier ones.

use crate::collections::{
    APPLICATIONS, Collection, ORGANIZATION_ROLES, ORGANIZATION_SCOPES, ORGANIZATIONS, RESOURCES, ROLES, SCOPES, USERS,
};

/// A member of the imported data, and the operation that creates what it describes.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) operation: &'static str,
    /// The collection of the entities, which allows to choose their ids.
    pub(super) collection: Option<&'static Collection>,
    /// Members that are not members of the operation's body.
    pub(super) rules: &'static [(&'static str, Rule)],
}

/// Content of a section.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A list of entities.
    List,
    /// The body of the operation.
    One,
    /// Bodies by the last path parameter.
    Map,
    /// A list that is this member of the body.
    Member(&'static str),
}

/// Meaning of a member of an entity.
pub(super) enum Rule {
    /// A reference, sent as an id in this member of the body.
    Id { member: &'static str, to: Target },
    /// References, sent as ids in this member of the body.
    Ids { member: &'static str, to: Target },
    /// References, sent to another operation as ids in this member of its body.
    Assigned { operation: &'static str, member: &'static str, to: Target },
    /// Members of an organization: references, or objects with a reference and roles.
    Members { reference: &'static str, to: Target, add: &'static str, ids: &'static str, assign: &'static str },
    /// Entities that belong to this one.
    Children(&'static str),
    /// Values, each sent to another operation in this member of its body.
    Each { operation: &'static str, member: &'static str },
    /// A value, sent to another operation in the member of the same name.
    Set(&'static str),
    /// Bodies of another operation by its last path parameter.
    Keyed(&'static str),
    /// The secret of the entity, which is generated otherwise.
    Secret,
}

/// The entities that a reference can mean. A reference is an id or a value of one of these members.
pub(super) struct Target {
    pub(super) collection: &'static Collection,
    pub(super) labels: &'static [&'static str],
    /// The member with the id of the owner, and the owner's label. The reference is the owner's label, a space and the
    /// entity's label.
    pub(super) within: Option<(&'static str, &'static Collection, &'static str)>,
}

const fn named(collection: &'static Collection) -> Target {
    Target { collection, labels: &["name"], within: None }
}

const USER: Target = Target { collection: &USERS, labels: &["username", "primaryEmail", "primaryPhone"], within: None };
const SCOPE: Target =
    Target { collection: &SCOPES, labels: &["name"], within: Some(("resourceId", &RESOURCES, "indicator")) };

const fn list(
    name: &'static str,
    operation: &'static str,
    collection: Option<&'static Collection>,
    rules: &'static [(&'static str, Rule)],
) -> Section {
    Section { name, shape: Shape::List, operation, collection, rules }
}

const fn shaped(name: &'static str, shape: Shape, operation: &'static str) -> Section {
    Section { name, shape, operation, collection: None, rules: &[] }
}

pub(super) static SECTIONS: &[Section] = &[
    list("connectors", "CreateConnector", None, &[]),
    list("ssoConnectors", "CreateSsoConnector", None, &[]),
    list("customProfileFields", "CreateCustomProfileField", None, &[]),
    shaped("customPhrases", Shape::Map, "ReplaceCustomPhrase"),
    shaped("emailTemplates", Shape::Member("templates"), "ReplaceEmailTemplates"),
    shaped("captchaProvider", Shape::One, "UpdateCaptchaProvider"),
    shaped("signInExperience", Shape::One, "UpdateSignInExp"),
    shaped("accountCenter", Shape::One, "UpdateAccountCenterSettings"),
    shaped("jwtCustomizers", Shape::Map, "UpsertJwtCustomizer"),
    list("resources", "CreateResource", Some(&RESOURCES), &[("scopes", Rule::Children("CreateResourceScope"))]),
    list("roles", "CreateRole", Some(&ROLES), &[("scopes", Rule::Ids { member: "scopeIds", to: SCOPE })]),
    list("organizationScopes", "CreateOrganizationScope", Some(&ORGANIZATION_SCOPES), &[]),
    list(
        "organizationRoles",
        "CreateOrganizationRole",
        Some(&ORGANIZATION_ROLES),
        &[
            ("scopes", Rule::Ids { member: "organizationScopeIds", to: named(&ORGANIZATION_SCOPES) }),
            ("resourceScopes", Rule::Ids { member: "resourceScopeIds", to: SCOPE }),
        ],
    ),
    list(
        "applications",
        "CreateApplication",
        Some(&APPLICATIONS),
        &[
            ("secret", Rule::Secret),
            ("secrets", Rule::Children("CreateApplicationSecret")),
            ("roles", Rule::Assigned { operation: "AssignApplicationRoles", member: "roleIds", to: named(&ROLES) }),
        ],
    ),
    list("samlApplications", "CreateSamlApplication", None, &[]),
    list(
        "users",
        "CreateUser",
        Some(&USERS),
        &[
            ("roles", Rule::Assigned { operation: "AssignUserRoles", member: "roleIds", to: named(&ROLES) }),
            ("identities", Rule::Keyed("ReplaceUserIdentity")),
            ("isSuspended", Rule::Set("UpdateUserIsSuspended")),
            ("personalAccessTokens", Rule::Children("CreateUserPersonalAccessToken")),
        ],
    ),
    list(
        "organizations",
        "CreateOrganization",
        Some(&ORGANIZATIONS),
        &[
            (
                "users",
                Rule::Members {
                    reference: "user",
                    to: USER,
                    add: "AddOrganizationUsers",
                    ids: "userIds",
                    assign: "AssignOrganizationRolesToUser",
                },
            ),
            (
                "applications",
                Rule::Members {
                    reference: "application",
                    to: named(&APPLICATIONS),
                    add: "AddOrganizationApplications",
                    ids: "applicationIds",
                    assign: "AssignOrganizationRolesToApplication",
                },
            ),
            (
                "jitRoles",
                Rule::Assigned {
                    operation: "CreateOrganizationJitRole",
                    member: "organizationRoleIds",
                    to: named(&ORGANIZATION_ROLES),
                },
            ),
            ("jitEmailDomains", Rule::Each { operation: "CreateOrganizationJitEmailDomain", member: "emailDomain" }),
        ],
    ),
    list(
        "organizationInvitations",
        "CreateOrganizationInvitation",
        None,
        &[
            ("organization", Rule::Id { member: "organizationId", to: named(&ORGANIZATIONS) }),
            ("inviter", Rule::Id { member: "inviterId", to: USER }),
            ("roles", Rule::Ids { member: "organizationRoleIds", to: named(&ORGANIZATION_ROLES) }),
        ],
    ),
    list("hooks", "CreateHook", None, &[]),
];

/// The target of the roles of an organization's members.
pub(super) const ORGANIZATION_ROLE: Target = named(&ORGANIZATION_ROLES);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::document::schema::Contract;
    use logto_admin::operation::find;

    #[test]
    fn the_readme_lists_the_sections_and_their_members() {
        let readme = include_str!("../../README.md");
        let quoted = |text: &'static str| text.split('`').skip(1).step_by(2);
        let (_, sections) = readme.split_once("\nSections are created in this order. ").unwrap();
        let (sections, rest) = sections.split_once("\n\n").unwrap();
        assert!(quoted(sections).eq(SECTIONS.iter().map(|section| section.name)), "{sections}");

        let (table, _) = rest.split_once("\n\n").unwrap();
        let cells = table.lines().skip(2).map(|line| line.split(" | ").next().unwrap());
        let listed: BTreeSet<_> = cells.flat_map(quoted).collect();
        assert_eq!(listed, SECTIONS.iter().flat_map(|section| section.rules).map(|(name, _)| *name).collect());
    }

    #[test]
    fn every_operation_exists_and_takes_the_member() {
        for section in SECTIONS {
            let takes = |id: &str, member: &str| {
                let body = Contract::of(find(id).unwrap_or_else(|| panic!("{id}"))).body();
                assert!(body.is_some_and(|body| body.property(member).is_some()), "{id} {member}");
            };
            assert!(find(section.operation).is_some(), "{}", section.operation);
            for (name, rule) in section.rules {
                match rule {
                    Rule::Id { member, .. } | Rule::Ids { member, .. } => takes(section.operation, member),
                    Rule::Assigned { operation, member, .. } | Rule::Each { operation, member } => {
                        takes(operation, member);
                    }
                    Rule::Members { add, ids, assign, .. } => {
                        takes(add, ids);
                        takes(assign, "organizationRoleIds");
                    }
                    Rule::Set(operation) => takes(operation, name),
                    Rule::Children(operation) | Rule::Keyed(operation) => assert!(find(operation).is_some()),
                    Rule::Secret => {}
                }
            }
        }
    }
}
