//! Rules of the server for applications.

use logto_admin::serde_json::Value;

use super::{Draft, protected_apps};
use crate::call::Call;
use crate::collections::ACCESS_RULES;
use crate::document::formats::is_url;
use crate::document::validate;
use crate::document::validation_issues::{INVALID, Issue};
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::http::url_pattern;

pub(super) fn check(call: &mut Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.members.text("type") == "SAML" {
        return Err(use_saml_api());
    }
    check_redirects(draft)?;
    check_device_flow(draft)?;
    if draft.creates { check_new(call, draft) } else { check_change(call, draft) }
}

/// Returns the error for a SAML application, which has an API of its own.
pub(super) fn use_saml_api() -> Refusal {
    let message = "Use `[METHOD] /saml-applications(/.*)?` API to operate SAML app.";
    Refusal::new(400, "application.saml.use_saml_app_api", message)
}

/// Rejects invalid redirect URIs. Also rejects those whose wildcards match hosts of any domain.
fn check_redirects(draft: &Draft) -> Outcome<()> {
    let metadata = draft.sent.get("oidcClientMetadata");
    let mut issues = Vec::new();
    for member in ["redirectUris", "postLogoutRedirectUris"] {
        let uris = metadata.and_then(|metadata| metadata.get(member)).and_then(Value::as_array);
        for (index, uri) in uris.into_iter().flatten().enumerate() {
            if !uri.as_str().is_some_and(|uri| is_url(uri) && url_pattern::is_in_a_domain(uri)) {
                let path = vec!["oidcClientMetadata".into(), member.into(), index.into()];
                issues.push(Issue::custom(INVALID, &path));
            }
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(validate::refuse_body(issues)) }
}

fn check_device_flow(draft: &Draft) -> Outcome<()> {
    let device_flow = draft.sent.get("customClientMetadata").and_then(|metadata| metadata.get("isDeviceFlow"));
    if device_flow == Some(&Value::Bool(true)) && draft.members.text("type") != "Native" {
        let message = "Only native applications can use the device flow.";
        return Err(Refusal::new(422, "application.device_flow_native_only", message));
    }
    Ok(())
}

fn check_new(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let third_party = draft.sent.get("isThirdParty") == Some(&Value::Bool(true));
    match draft.members.text("type") {
        "Protected" => protected_apps::create(call, draft),
        "MachineToMachine" if third_party => {
            let message =
                "Only traditional web, single-page, and native applications can be marked as third-party apps.";
            Err(Refusal::new(400, "application.invalid_third_party_application_type", message))
        }
        _ => {
            draft.members.insert("protectedAppMetadata".to_owned(), Value::Null);
            Ok(())
        }
    }
}

fn check_change(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.members.text("type") == "Protected" {
        protected_apps::change(call, draft);
    } else if draft.sent.get("protectedAppMetadata").is_some_and(|metadata| !metadata.is_null()) {
        return Err(protected_only(400));
    }
    let id = draft.members.text("id");
    let enables = draft.sent.get("appLevelAccessControlEnabled") == Some(&Value::Bool(true));
    let condition = [("applications", id)];
    let links = &call.state.store.links;
    if enables && !ACCESS_RULES.iter().any(|(table, column)| links.ids(table, column, &condition).next().is_some()) {
        let message = "Application access control must include at least one rule before it can be enabled.";
        return Err(invalid_input(422, message));
    }
    Ok(())
}

/// Returns the error for a feature of protected applications. Its status differs.
pub(crate) fn protected_only(status: u16) -> Refusal {
    let message = "The feature is only available for protected applications.";
    Refusal::new(status, "application.protected_application_only", message)
}

/// Returns the error for a feature of third-party applications.
pub(crate) fn third_party_only() -> Refusal {
    let message = "The feature is only available for third-party applications.";
    Refusal::new(422, "application.third_party_application_only", message)
}
