//! Plans refuse what the server would refuse.

use logto_admin::operation::Release;
use logto_admin::{Client, Error};
use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_emulator::{Emulator, Service};
use serde_json::{Value, json};

use crate::folder::{Folder, NOBODY, apply_all, plan};
use crate::tenants::{call, connect};

/// Returns the problems of a file.
async fn problems(tenant: &Client, file: &str, text: &str) -> Vec<String> {
    let folder = Folder::with(&[(file, text)]);
    folder.short(plan(tenant, &folder).await.unwrap_err()).lines().map(str::to_owned).collect()
}

/// Returns the error of the server.
async fn refusal(tenant: &Client, operation: &str, body: Value) -> Error {
    tenant.operation(operation).unwrap().json(&body).await.unwrap_err()
}

#[tokio::test]
async fn user_scopes_are_those_of_the_server() {
    let tenant = Emulator::new().client().unwrap();
    let partner = json!({ "name": "Partner", "type": "Traditional", "isThirdParty": true });
    let partner = call(&tenant, "CreateApplication", &[], partner).await;
    let consent = tenant.operation("CreateApplicationUserConsentScope").unwrap();
    let consent = consent.path("applicationId", partner["id"].as_str().unwrap());
    assert_eq!(consent.json(&json!({ "userScopes": ["emial"] })).await.unwrap_err().status(), Some(400));
    let file = "- name: Partner\n  userScopes:\n  - profile\n  - emial\n";
    let expected = "applications.yaml:4: `userScopes` cannot be `emial`; did you mean `email`?";
    assert_eq!(problems(&tenant, "applications.yaml", file).await, [expected]);
    let folder = Folder::with(&[("applications.yaml", &file.replace("emial", "email"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn only_native_applications_use_the_device_flow() {
    let tenant = Emulator::new().client().unwrap();
    let file = |kind: &str| format!("- name: Tv\n  type: {kind}\n  customClientMetadata:\n    isDeviceFlow: true\n");
    let body = json!({ "name": "Tv", "type": "Traditional", "customClientMetadata": { "isDeviceFlow": true } });
    let error = refusal(&tenant, "CreateApplication", body).await;
    assert_eq!(error.code(), Some("application.device_flow_native_only"));
    let expected = "`customClientMetadata.isDeviceFlow` is only for applications of type Native, not Traditional";
    let found = problems(&tenant, "applications.yaml", &file("Traditional")).await;
    assert_eq!(found, [format!("applications.yaml:3: {expected}")]);
    assert_eq!(apply_all(&tenant, &Folder::with(&[("applications.yaml", &file("Native"))])).await.created, 1);
}

#[tokio::test]
async fn usernames_are_not_longer_than_they_are_short() {
    let tenant = Emulator::new().client().unwrap();
    let letters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
    let policy = json!({ "caseSensitive": true, "minLength": 9, "maxLength": 8, "allowedChars": letters });
    let error = refusal(&tenant, "UpdateSignInExp", json!({ "usernamePolicy": policy })).await;
    assert_eq!(error.code(), Some("guard.invalid_input"));
    let file = format!("usernamePolicy: {policy}\n");
    let expected = "`usernamePolicy.minLength` is greater than `usernamePolicy.maxLength`";
    let found = problems(&tenant, "sign-in-experience.yaml", &file).await;
    assert_eq!(found, [format!("sign-in-experience.yaml:1: {expected}")]);
    let folder = Folder::with(&[("sign-in-experience.yaml", &file.replace('9', "8"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn the_policies_of_usernames_and_passwords_have_known_members_and_types() {
    let tenant = Emulator::new().client().unwrap();
    let letters = "uppercase, lowercase, underscore";
    for (policy, expected) in [
        (
            "usernamePolicy:\n  caseSensitiv: false",
            "2: unknown key `caseSensitiv`; did you mean `caseSensitive`?".to_owned(),
        ),
        ("usernamePolicy:\n  minLength: many", "2: `usernamePolicy.minLength` must be an integer".to_owned()),
        (
            "usernamePolicy: { minLength: 1, maxLength: 9, caseSensitive: true, allowedChars: \
             { numbers: true, lowercase: false, uppercase: false, underscore: false } }",
            format!("1: `usernamePolicy.allowedChars` requires one of {letters}"),
        ),
        ("passwordPolicy:\n  length: { min: 8.5 }", "2: `passwordPolicy.length.min` must be an integer".to_owned()),
    ] {
        let found = problems(&tenant, "sign-in-experience.yaml", &format!("{policy}\n")).await;
        assert_eq!(found, [format!("sign-in-experience.yaml:{expected}")], "{policy}");
    }
}

#[tokio::test]
async fn a_policy_of_usernames_is_complete() {
    let (tenant, file) = (Emulator::new().client().unwrap(), "sign-in-experience.yaml");
    let letters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
    let whole = json!({ "caseSensitive": true, "minLength": 3, "maxLength": 9, "allowedChars": letters });
    for path in ["caseSensitive", "minLength", "maxLength", "allowedChars", "allowedChars.numbers"] {
        let mut policy = whole.clone();
        let (owner, name) = path.split_once('.').map_or(("", path), |(owner, name)| (owner, name));
        let object = if owner.is_empty() { &mut policy } else { &mut policy[owner] };
        object.as_object_mut().unwrap().remove(name).unwrap();
        let body = json!({ "usernamePolicy": policy });
        let error = refusal(&tenant, "UpdateSignInExp", body.clone()).await;
        assert_eq!(error.code(), Some("guard.invalid_input"), "{path}");
        let expected = match (owner, name) {
            ("", "allowedChars") => {
                "`usernamePolicy.allowedChars` requires one of uppercase, lowercase, underscore".to_owned()
            }
            ("", name) => format!("`usernamePolicy` requires `{name}`"),
            (owner, name) => format!("`usernamePolicy.{owner}` requires `{name}`"),
        };
        // JSON is YAML.
        assert_eq!(problems(&tenant, file, &body.to_string()).await, [format!("{file}:1: {expected}")]);
    }
    let folder = Folder::with(&[(file, &json!({ "usernamePolicy": whole }).to_string())]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    // Another change leaves the policy alone.
    folder.put(file, "signInMode: SignIn\n");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn a_way_to_sign_in_has_a_password_or_a_code() {
    let tenant = Emulator::new().client().unwrap();
    let file = |password: bool| {
        format!(
            "signIn:\n  methods:\n  - identifier: username\n    password: {password}\n    verificationCode: false\n    isPasswordPrimary: true\n"
        )
    };
    let error = refusal(&tenant, "UpdateSignInExp", yaml(&file(false))).await;
    assert_eq!(error.code(), Some("sign_in_experiences.at_least_one_authentication_factor"));
    let expected = "sign-in-experience.yaml:1: `signIn.methods` requires `password` or `verificationCode` for username";
    assert_eq!(problems(&tenant, "sign-in-experience.yaml", &file(false)).await, [expected]);
    let folder = Folder::with(&[("sign-in-experience.yaml", &format!("signInMode: SignIn\n{}", file(true)))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn blocked_addresses_are_addresses_or_domains_after_an_at_sign() {
    let tenant = Emulator::new().client().unwrap();
    let file = |blocked: &str| format!("emailBlocklistPolicy:\n  customBlocklist:\n  - '{blocked}'\n");
    let error = refusal(&tenant, "UpdateSignInExp", yaml(&file("spam.example"))).await;
    assert_eq!(error.code(), Some("sign_in_experiences.invalid_custom_email_blocklist_format"));
    let expected = "sign-in-experience.yaml:3: `emailBlocklistPolicy.customBlocklist` cannot be `spam.example`: it is \
                    neither an email address nor a domain such as `@example.com`";
    assert_eq!(problems(&tenant, "sign-in-experience.yaml", &file("spam.example")).await, [expected]);
    for blocked in ["@spam.example", "ada@spam.example"] {
        let folder = Folder::with(&[("sign-in-experience.yaml", &file(blocked))]);
        assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    }
}

#[tokio::test]
async fn mfa_adapts_only_if_there_are_factors() {
    let tenant = Emulator::new().client().unwrap();
    let file = |factors: &str| {
        format!("mfa:\n  policy: PromptOnlyAtSignInMandatory\n  factors: {factors}\nadaptiveMfa:\n  enabled: true\n")
    };
    let expected = "sign-in-experience.yaml:5: the server drops `adaptiveMfa.enabled`: `mfa.factors` is empty";
    assert_eq!(problems(&tenant, "sign-in-experience.yaml", &file("[]")).await, [expected]);
    let folder = Folder::with(&[("sign-in-experience.yaml", &file("[Totp]"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn adaptive_factors_and_policies_without_skipping_require_each_other() {
    let (tenant, file) = (Emulator::new().client().unwrap(), "sign-in-experience.yaml");
    let experience = |policy: &str, adaptive: bool| {
        format!("mfa:\n  policy: {policy}\n  factors: [Totp]\nadaptiveMfa:\n  enabled: {adaptive}\n")
    };
    let requires = "`adaptiveMfa.enabled` requires that `mfa.policy` is PromptAtSignInAndSignUpMandatory or \
                    PromptOnlyAtSignInMandatory";
    for (policy, adaptive, code, expected) in [
        ("UserControlled", true, "adaptive_mfa_requires_non_skippable_policy", format!("4: {requires}")),
        ("Mandatory", true, "adaptive_mfa_requires_non_skippable_policy", format!("4: {requires}")),
        (
            "PromptOnlyAtSignInMandatory",
            false,
            "non_adaptive_mfa_requires_skippable_policy",
            "1: the value PromptOnlyAtSignInMandatory of `mfa.policy` requires `adaptiveMfa.enabled`".to_owned(),
        ),
    ] {
        let text = experience(policy, adaptive);
        let error = refusal(&tenant, "UpdateSignInExp", yaml(&text)).await;
        assert_eq!(error.code(), Some(&*format!("sign_in_experiences.{code}")), "{policy}");
        assert_eq!(problems(&tenant, file, &text).await, [format!("{file}:{expected}")]);
    }
    let folder = Folder::with(&[(file, &experience("PromptAtSignInAndSignUpMandatory", true))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    // A file with one of the two is compared with the other one of the tenant.
    let text = "mfa:\n  policy: NoPrompt\n  factors: [Totp]\n";
    assert_eq!(problems(&tenant, file, text).await, [format!("{file}:1: {requires}")]);
    folder.put(file, &experience("Mandatory", false));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    // Without factors, the server does not check the policy.
    folder.put(file, "mfa:\n  policy: PromptOnlyAtSignInMandatory\n  factors: []\n");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn a_policy_for_own_pages_is_a_warning_on_self_hosted_servers() {
    let tenant = Emulator::new().client().unwrap();
    let file = "customUiCsp:\n  scriptSrc: ['https://cdn.example.com']\n";
    assert_eq!(refusal(&tenant, "UpdateSignInExp", yaml(file)).await.code(), Some("request.invalid_input"));
    let folder = Folder::with(&[("sign-in-experience.yaml", file)]);
    let warnings = async || {
        let planned = plan(&tenant, &folder).await.unwrap();
        planned.warnings().iter().map(|warning| folder.short(warning)).collect::<Vec<_>>()
    };
    let expected =
        "sign-in-experience.yaml:1: `apply` might fail: self-hosted servers have refused `customUiCsp` so far";
    assert_eq!(warnings().await, [expected]);
    folder.put("sign-in-experience.yaml", "customUiCsp: {}\nsignInMode: SignIn\n");
    assert!(warnings().await.is_empty());
}

const SMTP: &str = "\
- connectorId: simple-mail-transfer-protocol
  config: { host: a, port: 587, fromEmail: a@a.example, auth: { user: a, pass: password }, templates: [{ usageType: SignIn, contentType: text/plain, subject: Code, content: code }, { usageType: Register, contentType: text/plain, subject: Code, content: code }, { usageType: ForgotPassword, contentType: text/plain, subject: Code, content: code }, { usageType: Generic, contentType: text/plain, subject: Code, content: code }] }
";

#[tokio::test]
async fn the_sign_in_experience_has_the_connectors_for_its_messages() {
    let code = |identifier: &str| {
        format!(
            "signIn:\n  methods:\n  - identifier: {identifier}\n    password: true\n    verificationCode: true\n    isPasswordPrimary: true\n"
        )
    };
    let sign_up = |rest: &str| format!("signUp:\n  password: true\n  verify: true\n  identifiers: {rest}\n");
    for (file, line, path, types) in [
        (code("email"), 5, "signIn.methods", &["Email"][..]),
        (code("phone"), 5, "signIn.methods", &["Sms"]),
        (sign_up("[email]"), 4, "signUp.identifiers", &["Email"]),
        (
            sign_up("[username]\n  secondaryIdentifiers:\n  - identifier: emailOrPhone"),
            6,
            "signUp.secondaryIdentifiers",
            &["Email", "Sms"],
        ),
        ("forgotPasswordMethods:\n- PhoneVerificationCode\n".to_owned(), 2, "forgotPasswordMethods", &["Sms"]),
        (
            "passwordExpiration: { enabled: true, validPeriodDays: 9 }\n".to_owned(),
            1,
            "passwordExpiration",
            &["Email or Sms"],
        ),
    ] {
        let tenant = Emulator::new().client().unwrap();
        let body: Value = serde_json::to_value(yaml(&file)).unwrap();
        assert!(matches!(refusal(&tenant, "UpdateSignInExp", body).await.status(), Some(400 | 422)), "{file}");
        let expected: Vec<String> = types
            .iter()
            .map(|kind| {
                let problem =
                    format!("requires a connector of type {kind}, which neither the files nor the tenant have");
                format!("sign-in-experience.yaml:{line}: `{path}` {problem}")
            })
            .collect();
        assert_eq!(problems(&tenant, "sign-in-experience.yaml", &file).await, expected);
    }
    // A connector of the files or of the tenant.
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("sign-in-experience.yaml", &code("email")), ("connectors.yaml", SMTP)]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 1);
    let tenant = Emulator::new().client().unwrap();
    connect(&tenant).await;
    let folder = Folder::with(&[("sign-in-experience.yaml", &code("email"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

/// Parses YAML like the body of a call.
fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

#[tokio::test]
async fn an_old_server_has_one_domain() {
    let file = "- domain: a.example\n- domain: b.example\n";
    let server = || Emulator::builder().service(Service::Domains);
    let old = server().release(Release::new(30)).build().client().unwrap();
    let problem =
        |line: u8| format!("domains.yaml:{line}: Logto 1.30 has one domain at most: remove \"a.example\" first");
    assert_eq!(problems(&old, "domains.yaml", file).await, [problem(2)]);
    call(&old, "CreateDomain", &[], json!({ "domain": "a.example" })).await;
    let folder = Folder::with(&[("domains.yaml", "- domain: b.example\n")]);
    // Deletions come last.
    for undeclared in [Undeclared::Keep, Undeclared::Delete] {
        let planned = config::plan(&old, NOBODY, folder.path(), &Selection::all(), undeclared, &|_| Ok(None)).await;
        assert_eq!(folder.short(planned.unwrap_err()), problem(1));
    }
    folder.put("domains.yaml", "- domain: a.example\n");
    assert!(plan(&old, &folder).await.unwrap().is_empty());
    let tenant = server().build().client().unwrap();
    assert_eq!(apply_all(&tenant, &Folder::with(&[("domains.yaml", file)])).await.created, 2);
}

#[tokio::test]
async fn samples_are_objects_and_templates_have_a_type() {
    let tenant = Emulator::new().client().unwrap();
    let upsert = tenant.operation("UpsertJwtCustomizer").unwrap().path("tokenTypePath", "access-token");
    let body = json!({ "script": "x", "tokenSample": [] });
    assert_eq!(upsert.json(&body).await.unwrap_err().status(), Some(400));
    let customizer = "tokenType: access-token\nscript: x\ncontextSample: a\ntokenSample: []\n";
    let expected = [3, 4].map(|line| {
        let name = if line == 3 { "contextSample" } else { "tokenSample" };
        format!("jwt-customizers/a.yaml:{line}: `{name}` must be an object")
    });
    assert_eq!(problems(&tenant, "jwt-customizers/a.yaml", customizer).await, expected);
    let template = "languageTag: en\ntemplateType: ''\ndetails: { subject: a, content: b }\n";
    let found = problems(&tenant, "email-templates/a.yaml", template).await;
    assert!(found[0].starts_with("email-templates/a.yaml:2: `templateType` must be one of SignIn, "), "{found:?}");
}
