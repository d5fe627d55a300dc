//! Values that the server does not accept.

use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_emulator::Emulator;
use serde_json::json;

use crate::files::problems;
use crate::folder::{Folder, NOBODY, apply_all, plan};
use crate::tenants::call;

#[tokio::test]
async fn texts_are_as_long_as_the_server_accepts() {
    let (longest, too_long) = ("\u{1f600}".repeat(64), "\u{1f600}".repeat(65));
    let role = |name: &str, description: &str| format!("- name: {name}\n  description: {description}\n");
    let origins = "- name: Web\n  type: SPA\n  customClientMetadata:\n    corsAllowedOrigins: [https://a, '']\n";
    let sections = format!("scopes:\n- name: a\n  description: {}\n", "x".repeat(257));
    let found = problems(&[
        ("applications.yaml", origins),
        ("organization-template.yaml", &sections),
        ("roles.yaml", &[role("a", "''"), role("b", &longest), role("c", &too_long), role("''", "d")].concat()),
    ])
    .await;
    assert_eq!(
        found,
        [
            "applications.yaml:4: `customClientMetadata.corsAllowedOrigins` must not be empty",
            "organization-template.yaml:3: `description` must have at most 256 characters",
            "roles.yaml:2: `description` must have 1 to 128 characters",
            "roles.yaml:6: `description` must have 1 to 128 characters",
            "roles.yaml:7: missing `name`",
        ]
    );
}

#[tokio::test]
async fn members_that_cannot_be_removed_are_reported() {
    let tenant = Emulator::new().client().unwrap();
    let metadata = "  customClientMetadata:\n    idTokenTtl: 60\n    rotateRefreshToken: null\n";
    let file = format!("- name: Web\n  type: SPA\n  description: Web\n{metadata}");
    let folder = Folder::with(&[("applications.yaml", &file)]);
    apply_all(&tenant, &folder).await;
    folder.put("applications.yaml", "- name: Web\n  description: null\n  customClientMetadata: null\n");
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "applications.yaml:3: `customClientMetadata` cannot be null");
    folder.put("applications.yaml", "- name: Web\n  description: null\n  customClientMetadata: {}\n");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    folder.put("applications.yaml", "- name: Web\n  signInExperience:\n    displayName: Mine\n");
    apply_all(&tenant, &folder).await;
    folder.put("applications.yaml", "- name: Web\n  signInExperience: null\n");
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "applications.yaml:2: `signInExperience` cannot be null");
}

#[tokio::test]
async fn new_entities_cannot_have_nulls_that_later_runs_reject() {
    let connector = "- connectorName: a\n  providerName: OIDC\n  domains: null\n";
    let hook = "- name: a\n  events: [PostRegister]\n  enabled: null\n  config: { url: 'https://a', retries: null }\n";
    let field = |line: &str| format!("- name: a\n  type: Text\n  required: true\n  label: null\n  {line}: null\n");
    let resource = "- indicator: https://a\n  name: a\n  isDefault: null\n  accessTokenTtl: null\n";
    for (name, text, expected) in [
        ("applications", "- name: a\n  type: SPA\n  description: null\n  customData: null\n", "4: `customData`"),
        ("custom-profile-fields", &field("config"), "5: `config`"),
        ("custom-profile-fields", &field("sieOrder"), "5: `sieOrder`"),
        ("hooks", hook, "3: `enabled`"),
        ("resources", resource, "3: `isDefault`"),
        ("resources", resource, "4: `accessTokenTtl`"),
        ("roles", "- name: a\n  description: b\n  isDefault: null\n  scopes: null\n", "3: `isDefault`"),
        ("sso-connectors", connector, "3: `domains`"),
    ] {
        let file = format!("{name}.yaml");
        let found = problems(&[(&file, text)]).await;
        assert!(found.contains(&format!("{file}:{expected} cannot be null")), "{found:?}");
    }
    let nulls = "- name: a\n  type: SPA\n  description: null\n  signInExperience: null\n  roles: null\n";
    let folder = Folder::with(&[("applications.yaml", nulls)]);
    let tenant = Emulator::new().client().unwrap();
    apply_all(&tenant, &folder).await;
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn orders_of_profile_fields_cannot_be_removed() {
    let tenant = Emulator::new().client().unwrap();
    let field = "- name: a\n  type: Text\n  required: true\n";
    let folder = Folder::with(&[("custom-profile-fields.yaml", field)]);
    apply_all(&tenant, &folder).await;
    folder.put("custom-profile-fields.yaml", &format!("{field}  sieOrder: null\n"));
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "custom-profile-fields.yaml:4: `sieOrder` cannot be null");
}

#[tokio::test]
async fn empty_texts_that_the_server_does_not_keep_are_no_differences() {
    let tenant = Emulator::new().client().unwrap();
    let application = "- name: Web\n  type: SPA\n  description: ''\n  customData:\n    kept: ''\n";
    let phrases =
        "languageTag: de\ntranslation:\n  action:\n    sign_in: ''\n    continue: Weiter\n  input:\n    username: ''\n";
    let resource = "- indicator: https://a\n  name: A\n  scopes:\n  - name: read\n    description: ''\n";
    let folder = Folder::with(&[
        ("applications.yaml", application),
        ("custom-phrases/de.yaml", phrases),
        ("organization-template.yaml", "scopes:\n- name: a\n  description: ''\n"),
        ("resources.yaml", resource),
        ("sign-in-experience.yaml", "customCss: ''\ntermsOfUseUrl: ''\n"),
    ]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 5);
    folder.replace("applications.yaml", "description: ''", "description: Shop");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    folder.replace("applications.yaml", "description: Shop", "description: ''");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn texts_and_numbers_that_the_server_refuses_are_reported() {
    let metadata = "  oidcClientMetadata:\n    redirectUris:\n    - https://a.example/cb\n    - not a uri\n    - my.app://cb\n    backchannelLogoutUri: /logout\n";
    let resource = "- indicator: https://a\n  name: A\n  accessTokenTtl: 1.5\n  scopes:\n  - name: with space\n";
    let found = problems(&[
        ("applications.yaml", &format!("- name: Web\n  type: SPA\n{metadata}")),
        ("resources.yaml", &format!("{resource}- indicator: https://b\n  name: B\n  accessTokenTtl: 60.0\n")),
    ])
    .await;
    assert_eq!(
        found,
        [
            "applications.yaml:6: `oidcClientMetadata.redirectUris` cannot be `not a uri`: it is not a URL",
            "applications.yaml:8: `oidcClientMetadata.backchannelLogoutUri` cannot be `/logout`: it is not a URL",
            "resources.yaml:3: `accessTokenTtl` must be an integer",
            "resources.yaml:5: `name` cannot be `with space`: the name of a scope has no spaces",
        ]
    );
}

#[tokio::test]
async fn a_captcha_cannot_be_without_its_configuration() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("captcha.yaml", "config: null\n")]);
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert!(error.starts_with("captcha.yaml:1: the new captcha requires `config.type`\n"), "{error}");
    folder.put("captcha.yaml", "config: { type: Turnstile, siteKey: a, secretKey: b }\n");
    apply_all(&tenant, &folder).await;
    folder.put("captcha.yaml", "config: null\n");
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "captcha.yaml:1: `config` cannot be null");
}

#[tokio::test]
async fn what_the_server_refuses_is_reported_before_anything_changes() {
    let hook = "- name: a\n  events: []\n  config: { url: 'https://a' }\n";
    let hook_headers = "- name: a\n  events: [PostRegister]\n  config:\n    url: https://a\n    headers: { X-A: 1 }\n";
    let experience = "color:\n  primaryColor: red\n  isDarkModeEnabled: false\n  darkPrimaryColor: '#000'\n";
    let customizer = "tokenType: access-token\nscript: x\nenvironmentVariables: { A: [b] }\n";
    let third_party = "- name: a\n  type: MachineToMachine\n  isThirdParty: true\n";
    let of_users = "- name: a\n  type: MachineToMachine\n  roles: [clerk]\n";
    for (file, text, expected) in [
        ("applications.yaml", third_party, "3: an application of type MachineToMachine cannot be a third-party one"),
        ("applications.yaml", of_users, "3: `roles` refers to the role \"clerk\", which is a role of users"),
        (
            "custom-profile-fields.yaml",
            "- name: a\n  type: Text\n",
            "1: the new custom profile field \"a\" requires `required`",
        ),
        (
            "custom-profile-fields.yaml",
            "- name: a\n  type: Txt\n  required: true\n",
            "2: `type` cannot be `Txt`; did you mean `Text`?",
        ),
        ("hooks.yaml", hook, "2: `events` must not be empty"),
        ("hooks.yaml", hook_headers, "5: `config.headers` must be an object whose values are texts"),
        (
            "jwt-customizers/access-token.yaml",
            customizer,
            "3: `environmentVariables` must be an object whose values are texts",
        ),
        ("sign-in-experience.yaml", experience, "2: `color.primaryColor` cannot be `red`: a colour is like `#6139f6`"),
        (
            "sign-in-experience.yaml",
            "customContent: { /a: 1 }\n",
            "1: `customContent` must be an object whose values are texts",
        ),
    ] {
        assert_eq!(problems(&[(file, text)]).await, [format!("{file}:{expected}")]);
    }
}

#[tokio::test]
async fn old_hooks_have_no_list_of_events() {
    let tenant = Emulator::new().client().unwrap();
    let hook = json!({ "name": "a", "event": "PostRegister", "config": { "url": "https://a" } });
    call(&tenant, "CreateHook", &[], hook).await;
    let folder = Folder::with(&[("hooks.yaml", "- name: a\n  events: []\n  enabled: false\n")]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn addresses_and_settings_that_the_server_refuses_are_reported() {
    let look = "  signInExperience:\n    branding:\n      logoUrl: nope\n    termsOfUseUrl: /terms\n    privacyPolicyUrl: ''\n";
    let experience = "branding:\n  favicon: ''\nprivacyPolicyUrl: privacy\nsupportEmail: help\nsupportWebsiteUrl: ''\n\
                      mfa:\n  policy: Always\n  factors: [Totp]\nlanguageInfo:\n  fallbackLanguage: xx\n";
    let found = problems(&[
        ("account-center.yaml", "fields:\n  name: edit\n"),
        ("applications.yaml", &format!("- name: Web\n  type: SPA\n{look}")),
        ("sign-in-experience.yaml", experience),
    ])
    .await;
    assert_eq!(
        found,
        [
            "account-center.yaml:2: `fields.name` must be one of Off, ReadOnly, Edit",
            "applications.yaml:5: `signInExperience.branding.logoUrl` cannot be `nope`: it is not a URL",
            "applications.yaml:6: `signInExperience.termsOfUseUrl` cannot be `/terms`: it is not a URL",
            "sign-in-experience.yaml:2: `branding.favicon` cannot be ``: it is not a URL",
            "sign-in-experience.yaml:3: `privacyPolicyUrl` cannot be `privacy`: it is not a URL",
            "sign-in-experience.yaml:4: `supportEmail` cannot be `help`: it is not an email address",
            "sign-in-experience.yaml:7: `mfa.policy` must be one of UserControlled, Mandatory, PromptOnlyAtSignIn, \
             PromptAtSignInAndSignUp, NoPrompt, PromptAtSignInAndSignUpMandatory, PromptOnlyAtSignInMandatory",
            "sign-in-experience.yaml:10: `languageInfo.fallbackLanguage` cannot be `xx`",
        ]
    );
}

#[tokio::test]
async fn values_of_variables_are_checked_and_not_shown() {
    let tenant = Emulator::new().client().unwrap();
    let application =
        "- name: Web\n  type: ${env:TYPE}\n  oidcClientMetadata:\n    redirectUris: ['${env:URL}/callback']\n";
    let hook = "- name: a\n  events: ['${env:EVENT}']\n  config: { url: 'https://a' }\n";
    let role = "- name: a\n  description: ${env:LONG}\n";
    let folder = Folder::with(&[("applications.yaml", application), ("hooks.yaml", hook), ("roles.yaml", role)]);
    let long = "x".repeat(129);
    let wrong = |name: &str| match name {
        "TYPE" => Ok(Some("confidential-type".to_owned())),
        "URL" => Ok(Some("confidential".to_owned())),
        "EVENT" => Ok(Some("User.Creates".to_owned())),
        _ => Ok(Some(long.clone())),
    };
    let error =
        config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &wrong).await.unwrap_err();
    assert_eq!(
        folder.short(error).lines().map(|line| line.split(" one of ").next().unwrap()).collect::<Vec<_>>(),
        [
            "applications.yaml:2: `type` must be",
            "applications.yaml:4: `oidcClientMetadata.redirectUris` cannot be `${env:URL}/callback`: it is not a URL",
            "hooks.yaml:2: `events` must be",
            "roles.yaml:2: `description` must have 1 to 128 characters",
        ]
    );
    let right = |name: &str| match name {
        "TYPE" => Ok(Some("SPA".to_owned())),
        "URL" => Ok(Some("https://a.example".to_owned())),
        "EVENT" => Ok(Some("User.Created".to_owned())),
        _ => Ok(Some("Short".to_owned())),
    };
    config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &right).await.unwrap();
}

#[tokio::test]
async fn texts_that_a_list_has_twice_are_named() {
    let sso = "- connectorName: a\n  providerName: OIDC\n  domains:\n  - a.example\n  - b.example\n  - a.example\n";
    let found = problems(&[
        ("sign-in-experience.yaml", "mfa:\n  policy: Mandatory\n  factors: [Totp, WebAuthn, Totp]\n"),
        ("sso-connectors.yaml", sso),
    ])
    .await;
    assert_eq!(
        found,
        [
            "sso-connectors.yaml:6: `domains` has `a.example` twice",
            "sign-in-experience.yaml:3: `mfa.factors` has `Totp` twice"
        ]
    );
    // The server accepts these.
    let tenant = Emulator::new().client().unwrap();
    let uris = "    - https://a.example\n    - https://b.example\n    - ${env:URI}\n";
    let file = format!("- name: Web\n  type: SPA\n  oidcClientMetadata:\n    redirectUris:\n{uris}");
    let folder = Folder::with(&[("applications.yaml", &file)]);
    let uri = |_: &str| Ok(Some("https://b.example".to_owned()));
    let plan = config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &uri).await.unwrap();
    let warnings: Vec<String> = plan.warnings().iter().map(|warning| folder.short(warning)).collect();
    assert_eq!(warnings, ["applications.yaml:7: `oidcClientMetadata.redirectUris` has `${env:URI}` twice"]);
}

#[tokio::test]
async fn domains_of_sso_connectors_are_in_lower_case() {
    let sso = "- connectorName: a\n  providerName: OIDC\n  domains: [A.example]\n";
    let found = problems(&[("sso-connectors.yaml", sso)]).await;
    let reason = "the server stores domains in lower case";
    assert_eq!(found, [format!("sso-connectors.yaml:3: `domains` cannot be `A.example`: {reason}")]);
}

#[tokio::test]
async fn null_for_a_member_that_cannot_change_is_the_default_of_the_server() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "- name: a\n  description: A\n  type: null\n")]);
    // A second plan is empty.
    apply_all(&tenant, &folder).await;
}
