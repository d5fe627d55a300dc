//! Protected applications: a proxy in front of an origin, which signs users in.

use logto_admin::serde_json::{Value, json};

use super::Draft;
use super::domains::TARGET;
use crate::call::Call;
use crate::collections::APPLICATIONS;
use crate::errors::{Outcome, Refusal};
use crate::record::{Members, Record, text};
use crate::state::services::Service;

/// The domain below which the hosts of protected applications are.
pub(crate) const DEFAULT_DOMAIN: &str = "protected.example";
const METADATA: &str = "protectedAppMetadata";
/// Seconds.
const SESSION_DURATION: u32 = 1_209_600;

/// Returns the sent metadata, which a new protected application requires.
pub(super) fn require_metadata(draft: &Draft) -> Outcome<&Members> {
    draft.sent.get(METADATA).and_then(Value::as_object).ok_or_else(|| {
        let message = "Protected app metadata is required.";
        Refusal::new(400, "application.protected_app_metadata_is_required", message)
    })
}

/// Completes a new protected application.
pub(super) fn create(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let sent = require_metadata(draft)?;
    if !is_label(text(sent, "subDomain")) {
        return Err(Refusal::new(
            422,
            "application.invalid_subdomain",
            "The subdomain is not a valid label of a domain.",
        ));
    }
    call.state.services.require(Service::ProtectedApps)?;
    let host = format!("{}.{DEFAULT_DOMAIN}", text(sent, "subDomain"));
    if call.state.store.all(&APPLICATIONS).any(|other| metadata(other).is_some_and(|other| text(other, "host") == host))
    {
        let message = "The subdomain of Protected application is already in use.";
        return Err(Refusal::new(422, "application.protected_application_subdomain_exists", message));
    }
    let redirects = json!({ "redirectUris": [callback(&host)], "postLogoutRedirectUris": [origin(&host)] });
    let metadata = json!({
        "host": host,
        "origin": sent.get("origin"),
        "sessionDuration": SESSION_DURATION,
        "pageRules": [],
        "additionalScopes": [],
    });
    draft.members.insert("oidcClientMetadata".to_owned(), redirects);
    draft.members.insert(METADATA.to_owned(), metadata);
    Ok(())
}

/// Returns whether text can be one label of a domain name, in lower case.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Merges the sent metadata into that of the application.
pub(super) fn change(call: &Call<'_>, draft: &mut Draft) {
    let current = call.state.store.get(&APPLICATIONS, draft.members.text("id")).and_then(metadata);
    let mut merged = current.cloned().unwrap_or_default();
    if let Some(sent) = draft.sent.get(METADATA).and_then(Value::as_object) {
        merged.extend(sent.clone());
    }
    draft.members.insert(METADATA.to_owned(), merged.into());
}

pub(crate) fn metadata(application: &Record) -> Option<&Members> {
    application.members.get(METADATA).and_then(Value::as_object)
}

/// Returns the custom domains of an application.
pub(crate) fn custom_domains(application: &Record) -> Vec<Value> {
    let domains = metadata(application).and_then(|metadata| metadata.get("customDomains")?.as_array());
    domains.cloned().unwrap_or_default()
}

/// Replaces the custom domains, and adapts the redirect URIs.
pub(crate) fn set_custom_domains(application: &mut Record, domains: Vec<Value>) {
    let host = metadata(application).map(|metadata| text(metadata, "host").to_owned()).unwrap_or_default();
    let hosts: Vec<String> = [host].into_iter().chain(domains.iter().map(|domain| name(domain).to_owned())).collect();
    let redirects: Vec<String> = hosts.iter().map(|host| callback(host)).collect();
    let after_sign_out: Vec<String> = hosts.iter().map(|host| origin(host)).collect();
    if let Some(Value::Object(metadata)) = application.members.get_mut(METADATA) {
        metadata.insert("customDomains".to_owned(), domains.into());
    }
    if let Some(Value::Object(client)) = application.members.get_mut("oidcClientMetadata") {
        client.insert("redirectUris".to_owned(), redirects.into());
        client.insert("postLogoutRedirectUris".to_owned(), after_sign_out.into());
    }
}

/// Returns the name of a custom domain.
pub(crate) fn name(domain: &Value) -> &str {
    domain.get("domain").and_then(Value::as_str).unwrap_or_default()
}

/// Returns a new custom domain. Its DNS records are in place if its name starts with `active.`.
pub(crate) fn custom_domain(name: &str, id: &str) -> Value {
    let records = json!([{ "name": name, "type": "CNAME", "value": TARGET }]);
    if name.starts_with("active.") {
        let data = json!({ "id": id, "status": "active", "ssl": { "status": "active" } });
        return json!({
            "domain": name,
            "status": "Active",
            "errorMessage": null,
            "dnsRecords": records,
            "cloudflareData": data,
        });
    }
    let error = "The DNS records of the domain were not found.";
    json!({
        "domain": name,
        "status": "PendingVerification",
        "errorMessage": error,
        "dnsRecords": records,
        "cloudflareData": {
            "id": id,
            "status": "pending",
            "ssl": { "status": "initializing" },
            "verification_errors": [error],
        },
    })
}

fn origin(host: &str) -> String {
    format!("https://{host}")
}

fn callback(host: &str) -> String {
    format!("https://{host}/sign-in-callback")
}

/// Rejects the deletion of an application that has custom domains.
pub(super) fn check_deletion(application: &Record) -> Outcome<()> {
    if custom_domains(application).is_empty() {
        return Ok(());
    }
    let message = "Delete the custom domains of the application first.";
    Err(Refusal::new(422, "application.should_delete_custom_domains_first", message))
}
