//! Operations about the sign-in experience, other than reading and changing it.

use logto_admin::serde_json::{Value, json};
use logto_admin::transport::HttpResponse;

use super::{Handler, captcha, profile_fields};
use crate::call::Call;
use crate::collections::{APPLICATION_EXPERIENCE, APPLICATIONS, CONNECTORS, ORGANIZATIONS, USERS, experience_of};
use crate::errors::{Outcome, empty_change, invalid_input, not_exists_with_id};
use crate::http::reply;
use crate::operations::collection_operations::show;
use crate::policies::password::{PasswordPolicy, policy_of};
use crate::policies::username;
use crate::providers::sso;
use crate::record::{Members, Record};
use crate::rules::Shape;
use crate::settings::SIGN_IN_EXPERIENCE;
use crate::state::messages::{self, Channel};
use crate::store::Store;

pub(super) const ALL: &[(&str, Handler)] = &[
    ("CheckPasswordWithDefaultSignInExperience", check_password),
    ("GetUsernameCaseSensitivityConflicts", conflicts),
    ("GetSignInExperienceConfig", |call| public(call)),
    ("GetWellKnownExperience", |call| public(call)),
    ("GetApplicationSignInExperience", application),
    ("ReplaceApplicationSignInExperience", replace_application),
];

/// Checks a password against the policy.
///
/// Like a server without a network, the emulator cannot look up leaked passwords, which policies want by default.
fn check_password(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let experience = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let policy = PasswordPolicy::new(policy_of(&experience));
    if policy.looks_up_leaks() {
        let data = json!({ "message": "fetch failed" });
        return Err(invalid_input(400, "{{details}}").with("data", data));
    }
    let user = match call.text("userId") {
        "" if policy.needs_user() => {
            let data = json!({ "message": "User information data is required to check user information." });
            return Err(invalid_input(400, "{{details}}").with("data", data));
        }
        "" => None,
        id => Some(call.record(&USERS, id)?),
    };
    let issues = policy.issues(call.text("password"), user);
    if issues.is_empty() {
        return Ok(reply::json(200, &json!({ "result": true })));
    }
    Ok(reply::json(400, &json!({ "result": false, "issues": issues })))
}

fn conflicts(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let limit =
        call.request.query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(username::SHOWN_CONFLICTS);
    Ok(reply::json(200, &username::shown_conflicts(&username::case_conflicts(call.state), limit)))
}

/// Settings that the sign-in page does not need.
const PRIVATE: [&str; 2] = ["emailBlocklistPolicy", "forgotPasswordMethods"];
/// Members of a social connector that the sign-in page reads.
const SOCIAL: [&str; 8] =
    ["id", "target", "name", "logo", "logoDark", "platform", "isStandard", "isTokenStorageSupported"];
/// Settings that applications and organizations override.
const BRANDING: [&str; 3] = ["color", "branding", "customCss"];

/// Returns the settings as the sign-in page reads them.
fn public(call: &Call<'_>) -> Outcome<HttpResponse> {
    let mut shown = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let methods = shown.get("forgotPasswordMethods").cloned().unwrap_or_default();
    let replaces_passwords = |channel, method: &str| {
        let is_listed = methods.as_array().is_none_or(|methods| methods.contains(&method.into()));
        is_listed && messages::can_send(call.state, channel)
    };
    for name in PRIVATE {
        shown.remove(name);
    }
    let (store, query) = (&call.state.store, &call.request.query);
    // The experience of a third-party application only affects its consent page.
    let application = query.get("appId").and_then(|id| store.get(&APPLICATIONS, id));
    let application = application.filter(|application| !application.is_true("isThirdParty"));
    if let Some(experience) = application.and_then(experience_of) {
        override_with(&mut shown, experience);
    }
    if let Some(organization) = query.get("organizationId").and_then(|id| store.get(&ORGANIZATIONS, id)) {
        override_with(&mut shown, &organization.members.to_object());
    }
    let further = json!({
        "socialConnectors": social_connectors(call, &shown),
        "ssoConnectors": sso_connectors(call, &shown),
        "forgotPassword": {
            "phone": replaces_passwords(Channel::Sms, "PhoneVerificationCode"),
            "email": replaces_passwords(Channel::Email, "EmailVerificationCode"),
        },
        "isDevelopmentTenant": false,
        "customProfileFields": sign_up_fields(&shown, store),
        "customProfileFieldCatalog": profile_fields::listed(store),
    });
    if let (Some(true), Some(config)) = (has_captcha(&shown), captcha::public(store)) {
        shown.insert("captchaConfig".to_owned(), config);
    }
    if let Some(one_tap) = google_one_tap(store, &shown) {
        shown.insert("googleOneTap".to_owned(), one_tap);
    }
    if let Value::Object(further) = further {
        shown.extend(further);
    }
    Ok(reply::json(200, &shown.into()))
}

/// Returns the fields that users fill in when they sign up. By default, these are all fields.
pub(crate) fn sign_up_fields(shown: &Members, store: &Store) -> Value {
    let fields = profile_fields::listed(store);
    let (Some(Value::Array(wanted)), Value::Array(fields)) = (shown.get("signUpProfileFields"), &fields) else {
        return fields;
    };
    let names = wanted.iter().filter_map(|field| field.get("name"));
    let found = names.filter_map(|name| fields.iter().find(|field| field.get("name") == Some(name)));
    found.cloned().collect()
}

/// Returns the enterprise connectors that users can sign in with.
fn sso_connectors(call: &Call<'_>, shown: &Members) -> Value {
    if shown.get("singleSignOnEnabled") != Some(&Value::Bool(true)) {
        return json!([]);
    }
    let mut connectors: Vec<&Record> = sso::available(&call.state.store).collect();
    connectors.sort_by(|one, other| one.id.cmp(&other.id));
    let shown = connectors.into_iter().map(|connector| {
        let branding = |member: &str| connector.members.get("branding")?.get(member)?.as_str();
        let title = sso::provider_of(connector).map_or("", |provider| provider.title);
        json!({
            "id": connector.id,
            "connectorName": branding("displayName").unwrap_or(title),
            "logo": branding("logo").unwrap_or(sso::LOGO),
            "darkLogo": branding("darkLogo").unwrap_or(sso::LOGO),
        })
    });
    shown.collect()
}

fn has_captcha(experience: &Members) -> Option<bool> {
    experience.get("captchaPolicy")?.get("enabled")?.as_bool()
}

/// Returns the social connectors that users can sign in with.
fn social_connectors(call: &Call<'_>, shown: &Members) -> Value {
    let targets = shown.get("socialSignInConnectorTargets").and_then(Value::as_array).into_iter().flatten();
    let with = |target: &Value| {
        let target = target.as_str().unwrap_or_default().to_owned();
        call.state.store.all(&CONNECTORS).filter(move |connector| connector.text("target") == target)
    };
    let connectors = targets.flat_map(with).map(|connector| {
        let mut members = match show(call, &CONNECTORS, connector, Shape::Listed) {
            Value::Object(members) => members,
            _ => Members::new(),
        };
        members.retain(|name, _| SOCIAL.contains(&name.as_str()));
        Value::Object(members)
    });
    connectors.collect()
}

/// Returns the settings of Google One Tap if users can sign in with Google.
fn google_one_tap(store: &Store, shown: &Members) -> Option<Value> {
    shown.get("socialSignInConnectorTargets")?.as_array()?.iter().find(|target| **target == "google")?;
    let connector = store.all(&CONNECTORS).find(|connector| connector.text("connectorId") == "google-universal")?;
    let config = connector.members.get("config")?;
    let mut settings = config.get("oneTap").and_then(Value::as_object).cloned().unwrap_or_default();
    settings.insert("clientId".to_owned(), config.get("clientId")?.clone());
    settings.insert("connectorId".to_owned(), connector.id.clone().into());
    Some(settings.into())
}

fn override_with(shown: &mut Members, other: &Members) {
    for name in BRANDING {
        match (shown.get_mut(name), other.get(name)) {
            (Some(Value::Object(members)), Some(Value::Object(overrides))) => members.extend(overrides.clone()),
            (_, Some(value)) if !value.is_null() => {
                shown.insert(name.to_owned(), value.clone());
            }
            _ => {}
        }
    }
}

fn application(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let id = call.parameter(0);
    let found = experience_of(call.record(&APPLICATIONS, id)?).cloned();
    let missing = || not_exists_with_id("application_sign_in_experiences", id);
    Ok(reply::json(200, &found.ok_or_else(missing)?.into()))
}

/// Despite its name, the operation keeps members that are not sent.
fn replace_application(call: &mut Call<'_>) -> Outcome<HttpResponse> {
    let mut application = call.record(&APPLICATIONS, call.parameter(0))?.clone();
    let blank = json!({
        "tenantId": "default",
        "applicationId": application.id,
        "color": {},
        "branding": {},
        "customCss": null,
        "termsOfUseUrl": null,
        "privacyPolicyUrl": null,
        "displayName": null,
    });
    let current = experience_of(&application).cloned();
    let sent = call.sent();
    if current.is_some() && sent.is_empty() {
        return Err(empty_change());
    }
    let status = if current.is_some() { 200 } else { 201 };
    let mut members = current.or_else(|| blank.as_object().cloned()).unwrap_or_default();
    for (name, value) in sent {
        members.insert(name, if value == "" { Value::Null } else { value });
    }
    application.hidden.insert(APPLICATION_EXPERIENCE.to_owned(), members.clone().into());
    call.state.store.put(&APPLICATIONS, application);
    Ok(reply::json(status, &members.into()))
}
