use logto_admin::serde_json::{Value, json};

use super::users::refuse_past;
use super::{Collection, EmptyChange, Filter, Key, Order, Owner, Shape, Test, application_rules, protected_apps};
use crate::call::Call;
use crate::errors::constraint_violated;
use crate::record::Record;
use crate::state::seed::ADMIN_ROLE_ID;

pub(crate) static APPLICATIONS: Collection = Collection {
    name: "applications",
    path: "/api/applications",
    blank: || {
        json!({
            "tenantId": "default",
            "name": "",
            "description": null,
            "type": "Native",
            "oidcClientMetadata": { "redirectUris": [], "postLogoutRedirectUris": [] },
            "customClientMetadata": {},
            "protectedAppMetadata": null,
            "customData": {},
            "isThirdParty": false,
            "appLevelAccessControlEnabled": false,
        })
    },
    stamps: &["createdAt"],
    searchable: &["id", "name", "description"],
    filters: &[
        Filter { parameter: "types", test: Test::Is("type") },
        Filter { parameter: "isThirdParty", test: Test::Is("isThirdParty") },
        Filter { parameter: "excludeRoleId", test: Test::NotLinked { table: "applications_roles", column: "roles" } },
        Filter {
            parameter: "excludeOrganizationId",
            test: Test::NotLinked { table: "organization_applications", column: "organizations" },
        },
    ],
    empty_change: EmptyChange::Accepted,
    prepare: application_rules::check,
    created,
    deletable: |_, application| {
        if application.text("type") == "SAML" {
            return Err(application_rules::use_saml_api());
        }
        protected_apps::check_deletion(application)
    },
    changed: |call, application| {
        let row = vec![application.id.clone(), ADMIN_ROLE_ID.to_owned()];
        match call.body.get("isAdmin") {
            Some(Value::Bool(true)) => {
                call.state.store.links.add("applications_roles", row);
            }
            Some(_) => {
                let conditions = [("applications", application.id.as_str()), ("roles", ADMIN_ROLE_ID)];
                call.state.store.links.remove("applications_roles", &conditions);
            }
            None => {}
        }
    },
    present: |view, application, members| {
        if view.shape == Shape::Got {
            let row = [application.id.clone(), ADMIN_ROLE_ID.to_owned()];
            members.insert("isAdmin".to_owned(), view.state.store.links.has("applications_roles", &row).into());
        }
    },
    ..Collection::DEFAULT
};

pub(crate) static APPLICATION_SECRETS: Collection = Collection {
    name: "application_secrets",
    path: "/api/applications/{}/secrets",
    key: Key::Member { name: "name", taken: "application.secret_name_exists" },
    owner: Some(Owner { collection: &APPLICATIONS, member: "applicationId", has_checked_list: true }),
    blank: || json!({ "tenantId": "default", "name": "", "expiresAt": null }),
    stamps: &["createdAt"],
    order: Order::By("name"),
    unknown: super::Unknown::Plain,
    unknown_on_update: Some(super::Unknown::Missing),
    unknown_on_delete: super::Unknown::Plain,
    prepare: |call, draft| {
        if !draft.creates {
            return Ok(());
        }
        let application = call.state.store.get(&APPLICATIONS, draft.members.text("applicationId"));
        if application.is_some_and(|application| !is_confidential(application)) {
            return Err(constraint_violated());
        }
        refuse_past(call.now, draft)?;
        draft.members.insert("value".to_owned(), call.state.ids.secret(32).into());
        Ok(())
    },
    ..Collection::DEFAULT
};

/// The links that hold the access rules of applications, and the column of the ids.
pub(crate) const ACCESS_RULES: [(&str, &str); 4] = [
    ("application_access_users", "users"),
    ("application_access_roles", "roles"),
    ("application_access_organizations", "organizations"),
    ("application_access_organization_roles", "organizations"),
];

/// Whether an application can keep a secret.
fn is_confidential(application: &Record) -> bool {
    matches!(application.text("type"), "MachineToMachine" | "Traditional" | "Protected")
}

/// Adds the default secret to a new application that can keep one.
fn created(call: &mut Call<'_>, application: &Record) {
    if is_confidential(application) {
        let value = call.state.presets.secret.take().unwrap_or_else(|| call.state.ids.secret(32));
        call.state.add_secret(&application.id, "Default secret", &value, call.now);
    }
}
