//! Calls the emulator through the client's types. Created entities are stored, and invalid calls are rejected.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod access;
mod account_center;
mod accounts;
mod adaptive_factors;
mod application_rules;
mod applications;
mod assets;
mod authenticator;
mod authorizations;
mod browser;
mod built_in_applications;
mod captcha;
mod connectors;
mod consent;
mod dashboard;
mod deliveries;
mod devices;
mod differences;
mod domains;
mod email_templates;
mod experience;
mod factors;
mod hooks;
mod identities;
mod interaction;
mod interaction_logs;
mod interaction_rules;
mod interaction_webhooks;
mod invitations;
mod lists;
mod logs;
mod messages;
mod one_time_tokens;
mod organizations;
mod passkeys;
mod passwords;
mod phrases;
mod profile_fields;
mod properties;
mod pushed;
mod readme;
mod readme_example;
#[cfg(feature = "server")]
mod releases;
mod request_errors;
mod resources;
mod roles;
mod saml;
#[cfg(feature = "scripts")]
mod scripts;
mod search;
mod second_factors;
#[cfg(feature = "server")]
mod server;
mod sessions;
mod settings;
mod sign_in;
mod sign_in_settings;
mod social_sign_in;
mod sso;
mod sso_sign_in;
mod state;
mod template_variables;
mod tokens;
mod username_policy;
mod users;
#[cfg(not(feature = "scripts"))]
mod without_scripts;

use logto_admin::serde_json::Value;
use logto_admin::types::JsonObject;
use logto_admin::{Client, Error, Result};
use logto_admin_emulator::Emulator;

/// Returns a client of a new emulator.
fn client() -> Client {
    Emulator::new().client().unwrap()
}

/// Returns the status and error code of a call that must fail.
fn refused<T>(result: Result<T>) -> (u16, String) {
    let error = result.err().unwrap_or_else(|| panic!("the call must fail"));
    (error.status().unwrap_or_default(), code(&error))
}

/// Returns the members of an object.
fn object(value: Value) -> JsonObject {
    value.as_object().unwrap().clone()
}

fn code(error: &Error) -> String {
    error.code().unwrap_or_default().to_owned()
}

/// Calls an operation with a JSON body. Null sends no body.
async fn call(client: &Client, operation: &str, path: &[(&str, &str)], body: Value) -> Result<Value> {
    let mut request = client.operation(operation)?;
    for (name, value) in path {
        request = request.path(name, value);
    }
    if body.is_null() { request.await } else { request.json(&body).await }
}
