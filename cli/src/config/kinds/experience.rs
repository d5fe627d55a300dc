//! The sign-in experience, the account center and the captcha.

use logto_admin::models::{
    AccountCenterFieldControl, AgreeToTermsPolicy, CaptchaType, ForgotPasswordMethod, LanguageTag, MfaFactor,
    MfaPolicy, RecaptchaMode, SignInMode,
};

use serde_json::{Value, json};

use super::super::entity_members::{Members, member};
use super::ranges::crossed;
use super::{Kind, Layout, Read, text_rules, write};

pub(super) static CAPTCHA: Kind = Kind {
    file: "captcha",
    noun: "captcha",
    layout: Layout::Single,
    key: &[],
    members: &[
        member("config.type").one_of(CaptchaType::VALUES).required(),
        member("config.siteKey").required(),
        member("config.secretKey").required(),
        member("config.projectId"),
        member("config.domain").since(31),
        member("config.mode").one_of(RecaptchaMode::VALUES).since(31),
    ],
    read: Read::One("GetCaptchaProvider"),
    create: write("UpdateCaptchaProvider"),
    update: write("UpdateCaptchaProvider"),
    secrets: &["config.secretKey"],
    conflict: |captcha| {
        let lacks = captcha
            .get("config")
            .is_some_and(|config| is_type(config, "RecaptchaEnterprise") && config.get("projectId").is_none());
        lacks.then(|| ("config", "`config` of the type RecaptchaEnterprise requires `projectId`".to_owned()))
    },
    dropped: |captcha| match captcha.get("config") {
        Some(config) if is_type(config, "Turnstile") => {
            let reason = "`config` of the type Turnstile does not have it";
            ["projectId", "domain", "mode"].map(|name| (format!("config.{name}"), reason.to_owned())).to_vec()
        }
        _ => Vec::new(),
    },
    ..Kind::DEFAULT
};

fn is_enabled(policy: &Value) -> bool {
    policy.get("enabled") == Some(&Value::Bool(true))
}

fn is_type(config: &Value, name: &str) -> bool {
    config.get("type").is_some_and(|kind| kind == name)
}

const IDENTIFIERS: &[&str] = &["username", "email", "phone"];
const SECONDARY_IDENTIFIERS: &[&str] = &["username", "email", "phone", "emailOrPhone"];
/// A username begins with one of these kinds of characters.
const FIRST_LETTERS: [&str; 3] = ["uppercase", "lowercase", "underscore"];
/// Policies for second factors that users cannot skip.
const UNSKIPPABLE: [&str; 2] = ["PromptAtSignInAndSignUpMandatory", "PromptOnlyAtSignInMandatory"];

pub(in super::super) static SIGN_IN_EXPERIENCE: Kind = Kind {
    file: "sign-in-experience",
    noun: "sign-in experience",
    layout: Layout::Single,
    key: &[],
    members: &[
        member("signInMode").one_of(SignInMode::VALUES),
        member("signIn.methods.*.identifier").one_of(IDENTIFIERS),
        member("signIn.methods.*.password").flag(),
        member("signIn.methods.*.verificationCode").flag(),
        member("signIn.methods.*.isPasswordPrimary").flag(),
        member("signUp.identifiers").one_of(IDENTIFIERS).texts().distinct(),
        member("signUp.password").flag(),
        member("signUp.verify").flag(),
        member("signUp.secondaryIdentifiers.*.identifier").one_of(SECONDARY_IDENTIFIERS).since(25),
        member("signUp.secondaryIdentifiers.*.verify").flag().since(25),
        member("signUpProfileFields.*.name").since(37),
        member("socialSignIn.automaticAccountLinking").flag().since(18),
        member("socialSignIn.skipRequiredIdentifiers").flag().since(31),
        member("socialSignInConnectorTargets").texts(),
        member("singleSignOnEnabled").flag(),
        member("passkeySignIn.enabled").flag().since(31),
        member("passkeySignIn.showPasskeyButton").flag().since(31),
        member("passkeySignIn.allowAutofill").flag().since(31),
        member("forgotPasswordMethods").one_of(ForgotPasswordMethod::VALUES).texts().since(31),
        member("usernamePolicy.minLength").integer().since(37).needed(),
        member("usernamePolicy.maxLength").integer().since(37).needed(),
        member("usernamePolicy.caseSensitive").flag().since(37).needed(),
        member("usernamePolicy.allowedChars.uppercase").flag().since(37).needed(),
        member("usernamePolicy.allowedChars.lowercase").flag().since(37).needed(),
        member("usernamePolicy.allowedChars.numbers").flag().since(37).needed(),
        member("usernamePolicy.allowedChars.underscore").flag().since(37).needed(),
        member("passwordPolicy.length.min").integer().filled(),
        member("passwordPolicy.length.max").integer().filled(),
        member("passwordPolicy.characterTypes.min").integer().filled(),
        member("passwordPolicy.rejects.pwned").flag().filled(),
        member("passwordPolicy.rejects.repetitionAndSequence").flag().filled(),
        member("passwordPolicy.rejects.userInfo").flag().filled(),
        member("passwordPolicy.rejects.words").texts().filled(),
        member("passwordExpiration.enabled").flag().since(37),
        member("passwordExpiration.validPeriodDays").number().since(37),
        member("mfa.factors").one_of(MfaFactor::VALUES).texts().set().distinct(),
        member("mfa.policy").one_of(MfaPolicy::VALUES),
        member("mfa.organizationRequiredMfaPolicy").one_of(&["NoPrompt", "Mandatory"]).since(25),
        member("adaptiveMfa.enabled").flag().unset_if_false().since(37),
        member("captchaPolicy.enabled").flag().since(25),
        member("sentinelPolicy.maxAttempts").number().since(25),
        member("sentinelPolicy.lockoutDuration").number().since(25),
        member("verificationCodePolicy.expirationDuration").number().since(37),
        member("verificationCodePolicy.maxRetryAttempts").number().since(37),
        member("emailBlocklistPolicy.blockDisposableAddresses").flag().since(25),
        member("emailBlocklistPolicy.blockSubaddressing").flag().since(25),
        member("emailBlocklistPolicy.customAllowlist").texts().since(37),
        member("emailBlocklistPolicy.customBlocklist").unless(text_rules::of_blocked_addresses).texts().since(25),
        member("agreeToTermsPolicy").one_of(AgreeToTermsPolicy::VALUES).since(18),
        member("termsOfUseUrl").unless(text_rules::of_optional_urls).at_most(2048),
        member("privacyPolicyUrl").unless(text_rules::of_optional_urls).at_most(2048),
        member("supportEmail").unless(text_rules::of_optional_emails).since(21),
        member("supportWebsiteUrl").unless(text_rules::of_optional_urls).since(21),
        member("unknownSessionRedirectUrl").unless(text_rules::of_optional_urls).since(21),
        member("languageInfo.autoDetect").flag(),
        member("languageInfo.fallbackLanguage").one_of(LanguageTag::VALUES),
        member("color.primaryColor").unless(text_rules::of_colours),
        member("color.isDarkModeEnabled").flag(),
        member("color.darkPrimaryColor").unless(text_rules::of_colours),
        member("branding.logoUrl").unless(text_rules::of_urls),
        member("branding.darkLogoUrl").unless(text_rules::of_urls),
        member("branding.favicon").unless(text_rules::of_urls),
        member("branding.darkFavicon").unless(text_rules::of_urls).since(18),
        member("hideLogtoBranding").flag().since(31),
        member("customContent").named_texts(),
        member("customUiCsp.scriptSrc").texts().since(37),
        member("customUiCsp.connectSrc").texts().since(37),
        member("customCss"),
    ],
    read: Read::One("GetSignInExp"),
    complete: true,
    update: write("UpdateSignInExp"),
    conflict: |experience| {
        let lacks_period = experience
            .get("passwordExpiration")
            .is_some_and(|expiration| is_enabled(expiration) && expiration.get("validPeriodDays").is_none());
        let factors = experience.get("mfa").and_then(|mfa| mfa.get("factors"));
        let usernames = experience.get("usernamePolicy").and_then(Value::as_object);
        if let Some(problem) = usernames.and_then(|policy| crossed("usernamePolicy", policy, "minLength", "maxLength"))
        {
            return Some(("usernamePolicy", problem));
        }
        let starts = |allowed: &Value| FIRST_LETTERS.iter().any(|kind| allowed.get(kind) == Some(&Value::Bool(true)));
        match () {
            () if usernames.is_some_and(|policy| !policy.get("allowedChars").is_some_and(starts)) => {
                let kinds = FIRST_LETTERS.join(", ");
                Some(("usernamePolicy", format!("`usernamePolicy.allowedChars` requires one of {kinds}")))
            }
            () if lacks_period => {
                Some(("passwordExpiration", "`passwordExpiration` requires `validPeriodDays`".to_owned()))
            }
            () if factors == Some(&json!(["BackupCode"])) => {
                Some(("mfa", "`mfa.factors` cannot be BackupCode alone".to_owned()))
            }
            () => skipped_factors(experience)
                .or_else(|| method_without_proof(experience).map(|problem| ("signIn", problem))),
        }
    },
    dropped: |experience| {
        let has = |name: &str| experience.get(name).is_some_and(is_enabled);
        let factors = experience.get("mfa").and_then(|mfa| mfa.get("factors"));
        let expires = !experience.contains_key("passwordExpiration") || has("passwordExpiration");
        let period = ("passwordExpiration.validPeriodDays", "`passwordExpiration.enabled` is not true");
        let adapts_nothing = has("adaptiveMfa") && factors == Some(&json!([]));
        let adaptive = ("adaptiveMfa.enabled", "`mfa.factors` is empty");
        let dropped =
            [(!expires, period), (adapts_nothing, adaptive)].into_iter().filter(|(is_dropped, _)| *is_dropped);
        dropped.map(|(_, (path, reason))| (path.to_owned(), reason.to_owned())).collect()
    },
    ..Kind::DEFAULT
};

/// Returns a member that does not fit if adaptive factors can be skipped. They require a policy without skipping, and
/// the other way round.
fn skipped_factors(experience: &Members) -> Option<(&'static str, String)> {
    let mfa = experience.get("mfa")?;
    mfa.get("factors")?.as_array().filter(|factors| !factors.is_empty())?;
    let policy = mfa.get("policy").and_then(Value::as_str).unwrap_or_default();
    match (experience.get("adaptiveMfa").is_some_and(is_enabled), UNSKIPPABLE.contains(&policy)) {
        (true, false) => {
            let policies = UNSKIPPABLE.join(" or ");
            Some(("adaptiveMfa", format!("`adaptiveMfa.enabled` requires that `mfa.policy` is {policies}")))
        }
        (false, true) => Some(("mfa", format!("the value {policy} of `mfa.policy` requires `adaptiveMfa.enabled`"))),
        _ => None,
    }
}

/// Returns the problem of a way to sign in with neither a password nor a code.
fn method_without_proof(experience: &Members) -> Option<String> {
    let methods = experience.get("signIn")?.get("methods")?.as_array()?;
    let is_off = |method: &Value, name: &str| method.get(name) == Some(&Value::Bool(false));
    let method = methods.iter().find(|method| is_off(method, "password") && is_off(method, "verificationCode"))?;
    let identifier = method.get("identifier").and_then(Value::as_str).unwrap_or_default();
    Some(format!("`signIn.methods` requires `password` or `verificationCode` for {identifier}"))
}

pub(super) static ACCOUNT_CENTER: Kind = Kind {
    file: "account-center",
    noun: "account center",
    layout: Layout::Single,
    key: &[],
    members: &[
        member("enabled").flag(),
        member("fields.name").one_of(AccountCenterFieldControl::VALUES),
        member("fields.avatar").one_of(AccountCenterFieldControl::VALUES),
        member("fields.profile").one_of(AccountCenterFieldControl::VALUES),
        member("fields.email").one_of(AccountCenterFieldControl::VALUES),
        member("fields.phone").one_of(AccountCenterFieldControl::VALUES),
        member("fields.password").one_of(AccountCenterFieldControl::VALUES),
        member("fields.username").one_of(AccountCenterFieldControl::VALUES),
        member("fields.social").one_of(AccountCenterFieldControl::VALUES),
        member("fields.customData").one_of(AccountCenterFieldControl::VALUES),
        member("fields.mfa").one_of(AccountCenterFieldControl::VALUES).since(25),
        member("fields.passkey").one_of(AccountCenterFieldControl::VALUES).since(37),
        member("fields.session").one_of(AccountCenterFieldControl::VALUES).since(37),
        member("profileFields.*.name").since(37),
        member("webauthnRelatedOrigins").texts().since(25),
        member("deleteAccountUrl").at_most(2048).since(37),
        member("customCss").since(37),
    ],
    read: Read::One("GetAccountCenterSettings"),
    complete: true,
    update: write("UpdateAccountCenterSettings"),
    ..Kind::DEFAULT
};
