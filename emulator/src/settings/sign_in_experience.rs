//! The sign-in experience.

use logto_admin::serde_json::{Value, json};

use super::{Setting, Settings};

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
    ..Setting::DEFAULT
};

impl Settings {
    /// Returns the language that the sign-in experience falls back to.
    pub(crate) fn default_language(&self) -> String {
        self.language("fallbackLanguage").as_ref().and_then(Value::as_str).unwrap_or("en").to_owned()
    }

    /// Returns a setting about languages.
    pub(crate) fn language(&self, name: &str) -> Option<Value> {
        self.get(&SIGN_IN_EXPERIENCE).get("languageInfo")?.get(name).cloned()
    }
}
