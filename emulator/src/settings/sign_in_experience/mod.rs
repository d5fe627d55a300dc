//! The sign-in experience.

mod rules;

use logto_admin::serde_json::json;

use super::Setting;

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
    prepare: rules::prepare,
    ..Setting::DEFAULT
};
