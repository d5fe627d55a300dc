//! Members that the server drops or refuses because of others. Files with them would differ from the tenant for ever.

use logto_admin_emulator::Emulator;
use serde_json::json;

use crate::files::problems;
use crate::folder::{Folder, apply_all, plan};
use crate::tenants::{call, connect};

#[tokio::test]
async fn a_captcha_has_the_members_of_its_type() {
    let captcha = |rest: &str| format!("config:\n  siteKey: a\n  secretKey: b\n{rest}");
    let dropped = "the server drops `config.projectId`: `config` of the type Turnstile does not have it";
    for (rest, expected) in [
        ("  type: Turnstile\n  projectId: p\n", format!("captcha.yaml:5: {dropped}")),
        (
            "  type: RecaptchaEnterprise\n",
            "captcha.yaml:1: `config` of the type RecaptchaEnterprise requires `projectId`".to_owned(),
        ),
        ("  type: Other\n", "captcha.yaml:4: `config.type` must be one of RecaptchaEnterprise, Turnstile".to_owned()),
    ] {
        assert_eq!(problems(&[("captcha.yaml", &captcha(rest))]).await, [expected]);
    }
    let tenant = Emulator::new().client().unwrap();
    let recaptcha = captcha("  type: RecaptchaEnterprise\n  projectId: p\n  mode: checkbox\n");
    let folder = Folder::with(&[("captcha.yaml", &recaptcha)]);
    apply_all(&tenant, &folder).await;
    folder.put("captcha.yaml", &captcha("  type: Turnstile\n"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    // Also for a provider that exists.
    folder.put("captcha.yaml", &captcha("  type: Turnstile\n  projectId: p\n"));
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), format!("captcha.yaml:5: {dropped}"));
}

#[tokio::test]
async fn passwords_expire_after_a_number_of_days() {
    let dropped = "the server drops `passwordExpiration.validPeriodDays`: `passwordExpiration.enabled` is not true";
    for (value, expected) in [
        ("{ validPeriodDays: 90 }", dropped),
        ("{ enabled: false, validPeriodDays: 90 }", dropped),
        ("{ enabled: true }", "`passwordExpiration` requires `validPeriodDays`"),
    ] {
        let file = format!("passwordExpiration: {value}\n");
        let found = problems(&[("sign-in-experience.yaml", &file)]).await;
        assert_eq!(found.last(), Some(&format!("sign-in-experience.yaml:1: {expected}")));
    }
    let tenant = Emulator::new().client().unwrap();
    apply_all(&tenant, &Folder::with(&[("sign-in-experience.yaml", "passwordExpiration: { enabled: false }\n")])).await;
}

#[tokio::test]
async fn backup_codes_are_not_the_only_factor() {
    let found = problems(&[("sign-in-experience.yaml", "mfa: { factors: [BackupCode], policy: Mandatory }\n")]).await;
    assert_eq!(found, ["sign-in-experience.yaml:1: `mfa.factors` cannot be BackupCode alone"]);
}

#[tokio::test]
async fn settings_with_a_default_cannot_be_null() {
    let tenant = Emulator::new().client().unwrap();
    let policy = |words: &str| format!("passwordPolicy:\n  length: null\n  rejects:\n    words: {words}\n");
    let folder = Folder::with(&[("sign-in-experience.yaml", &policy("[acme]"))]);
    apply_all(&tenant, &folder).await;
    folder.put("sign-in-experience.yaml", &policy("null"));
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    let expected = "`passwordPolicy.rejects.words` cannot be null: the server sets a default then";
    assert_eq!(error, format!("sign-in-experience.yaml:4: {expected}"));
    folder.put("sign-in-experience.yaml", &policy("[]"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn only_connectors_of_a_standard_protocol_have_metadata() {
    let tenant = Emulator::new().client().unwrap();
    let expected = "connectors.yaml:2: `metadata` is only for connectors of a standard protocol, such as oidc";
    let google =
        "- connectorId: google-universal\n  metadata: { target: google }\n  config: { clientId: a, clientSecret: b }\n";
    let folder = Folder::with(&[("connectors.yaml", google)]);
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
    folder.put("connectors.yaml", "- connectorId: oauth2\n  metadata: { name: { en: Mine } }\n");
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "connectors.yaml:2: a connector of a standard protocol requires `metadata.target`");
    connect(&tenant).await;
    folder.put("connectors.yaml", "- connectorId: google-universal\n  metadata: { name: { en: Mine } }\n");
    assert_eq!(folder.short(plan(&tenant, &folder).await.unwrap_err()), expected);
}

#[tokio::test]
async fn targets_of_the_sign_in_experience_belong_to_social_connectors() {
    let tenant = Emulator::new().client().unwrap();
    let targets = |targets: &str| format!("socialSignInConnectorTargets:\n- github\n{targets}");
    let github = "- connectorId: github-universal\n  config: { clientId: a, clientSecret: b }\n";
    let folder =
        Folder::with(&[("connectors.yaml", github), ("sign-in-experience.yaml", &targets("- githup\n- mailer\n"))]);
    let dropped = "from `socialSignInConnectorTargets`: no social connector has this target";
    assert_eq!(
        folder.short(plan(&tenant, &folder).await.unwrap_err()).lines().collect::<Vec<_>>(),
        [
            format!("sign-in-experience.yaml:3: the server drops `githup` {dropped}; did you mean `github`?"),
            format!("sign-in-experience.yaml:4: the server drops `mailer` {dropped}"),
        ]
    );
    folder.put("sign-in-experience.yaml", &targets(""));
    assert_eq!(apply_all(&tenant, &folder).await.created, 1);
    connect(&tenant).await;
    let folder = Folder::with(&[("sign-in-experience.yaml", &targets("- partner\n"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    call(&tenant, "UpdateSignInExp", &[], json!({ "socialSignInConnectorTargets": [] })).await;
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}
