use logto_admin::serde_json::{Value, json};

use super::users::refuse_past;
use super::{Collection, Draft, Filter, Key, Order, Owner, Shape, Test};
use crate::call::Call;
use crate::errors::{Outcome, Refusal, constraint_violated};
use crate::store::{Record, text};

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
    prepare,
    created,
    present: |view, _, members| {
        if view.shape == Shape::Got {
            members.insert("isAdmin".to_owned(), false.into());
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
        let application = call.state.store.get(&APPLICATIONS, text(&draft.members, "applicationId"));
        if application.is_some_and(|application| !is_confidential(application)) {
            return Err(constraint_violated());
        }
        refuse_past(call.now, draft)?;
        draft.members.insert("value".to_owned(), call.state.ids.secret(32).into());
        Ok(())
    },
    ..Collection::DEFAULT
};

/// Whether an application can keep a secret.
fn is_confidential(application: &Record) -> bool {
    matches!(application.text("type"), "MachineToMachine" | "Traditional" | "Protected")
}

fn prepare(_: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let kind = text(&draft.sent, "type");
    let third_party = draft.sent.get("isThirdParty") == Some(&Value::Bool(true));
    match kind {
        "SAML" => {
            let message = "Use /api/saml-applications for SAML applications.";
            Err(Refusal::new(400, "application.saml.use_saml_app_api", message))
        }
        "Protected" => {
            let message = "Protected applications are not configured on this server.";
            Err(Refusal::new(501, "application.protected_app_not_configured", message))
        }
        "MachineToMachine" if third_party => {
            let message = "A machine-to-machine application cannot be a third-party application.";
            Err(Refusal::new(400, "application.invalid_third_party_application_type", message))
        }
        _ => Ok(()),
    }
}

/// Adds the default secret to a new application that can keep one.
fn created(call: &mut Call<'_>, application: &Record) {
    if is_confidential(application) {
        let value = call.state.presets.secret.take().unwrap_or_else(|| call.state.ids.secret(32));
        call.state.add_secret(&application.id, "Default secret", &value, call.now);
    }
}
