//! The initial data of an emulator, as on a new server. It has the Management API, its role, and an application with
//! the role.

use logto_admin::serde_json::{Value, json};

use crate::collections::{
    ADMIN_ROLE_ID, APPLICATIONS, Collection, MANAGEMENT_RESOURCE_ID, MANAGEMENT_SCOPE, RESOURCES, ROLES, SCOPES,
};
use crate::record::Members;
use crate::state::State;

/// The credentials of the application that may call the Management API.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub id: String,
    pub secret: String,
}

/// Adds the initial data to an empty state.
pub(crate) fn plant(state: &mut State, resource: &str, application: &Credentials) {
    let now = state.clock.now();
    let api = json!({ "id": MANAGEMENT_RESOURCE_ID, "name": "Logto Management API", "indicator": resource });
    add(state, &RESOURCES, api, now);
    let scope = json!({
        "id": "management-api-all",
        "resourceId": MANAGEMENT_RESOURCE_ID,
        "name": MANAGEMENT_SCOPE,
        "description": "Default scope for Management API, allows all permissions.",
    });
    add(state, &SCOPES, scope, now);
    let role = json!({
        "id": "management-api-access",
        "name": "Logto Management API access",
        "description": "This default role grants access to the Logto management API.",
        "type": "MachineToMachine",
    });
    add(state, &ROLES, role, now);
    let admin = json!({
        "id": ADMIN_ROLE_ID,
        "name": "#internal:admin",
        "description": "Internal role of administrators.",
        "type": "MachineToMachine",
    });
    add(state, &ROLES, admin, now);
    let app = json!({
        "id": application.id,
        "name": "Emulator application",
        "type": "MachineToMachine",
        "customClientMetadata": { "allowTokenExchange": true },
    });
    add(state, &APPLICATIONS, app, now);
    state.add_secret(&application.id, "Default secret", &application.secret, now);
    state.store.links.add("roles_scopes", vec!["management-api-access".into(), "management-api-all".into()]);
    state.store.links.add("roles_scopes", vec![ADMIN_ROLE_ID.into(), "management-api-all".into()]);
    state.store.links.add("applications_roles", vec![application.id.clone(), "management-api-access".into()]);
}

fn add(state: &mut State, collection: &'static Collection, given: Value, now: i64) {
    let given = match given {
        Value::Object(members) => members,
        _ => Members::new(),
    };
    let record = state.blank(collection, given, now);
    state.store.put(collection, record);
}
