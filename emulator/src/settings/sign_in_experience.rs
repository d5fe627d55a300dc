//! The sign-in experience.

use logto_admin::serde_json::{Value, json};

use super::Setting;
use crate::call::Call;
use crate::errors::{Outcome, Refusal, invalid_input};
use crate::store::Members;

pub(crate) static SIGN_IN_EXPERIENCE: Setting = Setting {
    name: "sign_in_experience",
    path: "/api/sign-in-exp",
    blank: || {
        let method =
            json!({ "identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true });
        let characters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
        json!({
            "tenantId": "default",
            "id": "default",
            "color": { "primaryColor": "#6139F6", "isDarkModeEnabled": false, "darkPrimaryColor": "#8768F8" },
            "branding": { "logoUrl": "https://logto.io/logo.svg", "darkLogoUrl": "https://logto.io/logo-dark.svg" },
            "hideLogtoBranding": false,
            "languageInfo": { "autoDetect": true, "fallbackLanguage": "en" },
            "termsOfUseUrl": null,
            "privacyPolicyUrl": null,
            "agreeToTermsPolicy": "Automatic",
            "signIn": { "methods": [method] },
            "signUp": { "identifiers": ["username"], "password": true, "verify": false },
            "socialSignIn": {},
            "socialSignInConnectorTargets": [],
            "signInMode": "SignInAndRegister",
            "customCss": null,
            "customContent": {},
            "customUiAssets": null,
            "customUiCsp": {},
            "passwordPolicy": {},
            "mfa": { "factors": [], "policy": "UserControlled" },
            "adaptiveMfa": {},
            "singleSignOnEnabled": false,
            "supportEmail": null,
            "supportWebsiteUrl": null,
            "unknownSessionRedirectUrl": null,
            "captchaPolicy": {},
            "sentinelPolicy": {},
            "emailBlocklistPolicy": {},
            "verificationCodePolicy": {},
            "forgotPasswordMethods": [],
            "passkeySignIn": {},
            "signUpProfileFields": null,
            "passwordExpiration": {},
            "usernamePolicy": { "caseSensitive": true, "minLength": 1, "maxLength": 128, "allowedChars": characters },
        })
    },
    refuses_empty_change: true,
    prepare,
    ..Setting::DEFAULT
};

/// Members that an empty string clears.
const CLEARABLE: [&str; 5] =
    ["termsOfUseUrl", "privacyPolicyUrl", "supportEmail", "supportWebsiteUrl", "unknownSessionRedirectUrl"];

fn prepare(call: &mut Call<'_>, sent: &mut Members) -> Outcome<()> {
    sent.remove("tenantId");
    for name in CLEARABLE {
        if sent.get(name).and_then(Value::as_str) == Some("") {
            sent.insert(name.to_owned(), Value::Null);
        }
    }
    if sent.contains_key("customUiCsp") {
        return Err(invalid_input(400, "A content security policy of a custom page is not available."));
    }
    prepare_mfa(sent)?;
    prepare_expiration(call, sent)
}

fn prepare_expiration(call: &Call<'_>, sent: &mut Members) -> Outcome<()> {
    let current = call.state.settings.get(&SIGN_IN_EXPERIENCE);
    let methods = sent.get("forgotPasswordMethods").or_else(|| current.get("forgotPasswordMethods"));
    let has_method = methods.and_then(Value::as_array).is_some_and(|methods| !methods.is_empty());
    let expiration = sent.get_mut("passwordExpiration").and_then(Value::as_object_mut);
    if let Some(expiration) = expiration.filter(|expiration| expiration.get("enabled") == Some(&Value::Bool(true))) {
        if !has_method {
            let code = "sign_in_experiences.password_expiration_requires_forgot_password";
            return Err(Refusal::new(422, code, "Users could not replace an expired password."));
        }
        expiration.insert("enabledAt".to_owned(), call.now.into());
    }
    Ok(())
}

fn prepare_mfa(sent: &mut Members) -> Outcome<()> {
    let factors = sent.get("mfa").and_then(|mfa| mfa.get("factors")).and_then(Value::as_array);
    let Some(factors) = factors.cloned() else { return Ok(()) };
    if factors == ["BackupCode"] {
        let code = "sign_in_experiences.backup_code_cannot_be_enabled_alone";
        return Err(Refusal::new(400, code, "Backup codes cannot be the only factor."));
    }
    if factors.iter().enumerate().any(|(index, factor)| factors.iter().take(index).any(|other| other == factor)) {
        let code = "sign_in_experiences.duplicated_mfa_factors";
        return Err(Refusal::new(400, code, "A factor is listed more than once."));
    }
    // Without factors, there is nothing to adapt.
    if factors.is_empty() {
        sent.insert("adaptiveMfa".to_owned(), json!({ "enabled": false }));
    }
    Ok(())
}
