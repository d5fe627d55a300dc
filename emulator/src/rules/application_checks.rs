//! Rules of the server for applications.

use logto_admin::serde_json::Value;

use super::{Draft, protected_apps};
use crate::call::Call;
use crate::collections::{ACCESS_RULES, APPLICATIONS};
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
    check_device_flow(call, draft)?;
    if draft.creates { check_new(call, draft) } else { check_change(call, draft) }
}

/// Returns the error for a SAML application, which has an API of its own.
pub(super) fn use_saml_api() -> Refusal {
    let message = "Use `[METHOD] /saml-applications(/.*)?` API to operate SAML app.";
    Refusal::new(400, "application.saml.use_saml_app_api", message)
}

/// Rejects redirect URIs that are not URIs or have wildcards in the wrong place.
fn check_redirects(draft: &Draft) -> Outcome<()> {
    let metadata = draft.sent.get("oidcClientMetadata");
    let mut issues = Vec::new();
    for member in ["redirectUris", "postLogoutRedirectUris"] {
        let uris = metadata.and_then(|metadata| metadata.get(member)).and_then(Value::as_array);
        for (index, uri) in uris.into_iter().flatten().enumerate() {
            if !uri.as_str().is_some_and(|uri| is_url(uri) && url_pattern::is_redirect(uri)) {
                let path = vec!["oidcClientMetadata".into(), member.into(), index.into()];
                issues.push(Issue::custom(INVALID, &path));
            }
        }
    }
    if issues.is_empty() { Ok(()) } else { Err(validate::refuse_body(issues)) }
}

/// Only native applications can use the device flow, and only from the beginning.
fn check_device_flow(call: &Call<'_>, draft: &Draft) -> Outcome<()> {
    let Some(sent) = draft.sent.get("customClientMetadata") else { return Ok(()) };
    let uses = |metadata: &Value| metadata.get("isDeviceFlow") == Some(&Value::Bool(true));
    if !draft.creates {
        let current = call.state.store.get(&APPLICATIONS, draft.members.text("id"));
        let used = current.and_then(|current| current.members.get("customClientMetadata")).is_some_and(uses);
        return if used == uses(sent) {
            Ok(())
        } else {
            Err(Refusal::usual(422, "application.device_flow_not_changeable"))
        };
    }
    if uses(sent) && draft.members.text("type") != "Native" {
        let message = "Only native applications can use the device flow.";
        return Err(Refusal::new(422, "application.device_flow_native_only", message));
    }
    Ok(())
}

/// Rejects an exchange of tokens by third parties.
fn check_token_exchange(draft: &Draft) -> Outcome<()> {
    let sent = draft.sent.get("customClientMetadata").and_then(|metadata| metadata.get("allowTokenExchange"));
    if draft.members.get("isThirdParty") == Some(&Value::Bool(true)) && sent == Some(&Value::Bool(true)) {
        return Err(Refusal::usual(422, "application.third_party_application_cannot_enable_token_exchange"));
    }
    Ok(())
}

fn check_new(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    let third_party = draft.sent.get("isThirdParty") == Some(&Value::Bool(true));
    let kind = draft.members.text("type");
    let is_protected = kind == "Protected";
    if is_protected {
        protected_apps::require_metadata(draft)?;
    }
    if third_party && !matches!(kind, "Traditional" | "SPA" | "Native") {
        let message = "Only traditional web, single-page, and native applications can be marked as third-party apps.";
        return Err(Refusal::new(400, "application.invalid_third_party_application_type", message));
    }
    check_token_exchange(draft)?;
    if is_protected {
        return protected_apps::create(call, draft);
    }
    draft.members.insert("protectedAppMetadata".to_owned(), Value::Null);
    Ok(())
}

fn check_change(call: &Call<'_>, draft: &mut Draft) -> Outcome<()> {
    if draft.sent.get("appLevelAccessControlEnabled") == Some(&Value::Bool(true)) {
        require_rules(call, draft.members.text("id"))?;
    }
    check_token_exchange(draft)?;
    if draft.members.text("type") == "Protected" {
        protected_apps::change(call, draft);
    } else if draft.sent.get("protectedAppMetadata").is_some_and(|metadata| !metadata.is_null()) {
        return Err(protected_only(400));
    }
    Ok(())
}

/// Rejects access control without rules.
pub(super) fn require_rules(call: &Call<'_>, application: &str) -> Outcome<()> {
    let condition = [("applications", application)];
    let links = &call.state.store.links;
    let has_rules = |(table, column): &(&str, &str)| links.ids(table, column, &condition).next().is_some();
    if ACCESS_RULES.iter().any(has_rules) { Ok(()) } else { Err(no_rules()) }
}

/// Returns the error for access control without rules.
pub(crate) fn no_rules() -> Refusal {
    invalid_input(422, "Application access control must include at least one rule before it can be enabled.")
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
