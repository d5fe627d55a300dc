use logto_admin::serde_json::json;

use super::{Collection, Filter, InitialLinks, ORGANIZATIONS, Test, Unknown};

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
        Filter { parameter: "invitee", test: Test::IsInAnyCase("invitee") },
    ],
    unknown: Unknown::Plain,
    unknown_on_delete: Unknown::Plain,
    links_or_nothing: true,
    links: &[InitialLinks::new("organizationRoleIds", "organization_invitation_roles", "organization_roles")],
    ..Collection::DEFAULT
};
