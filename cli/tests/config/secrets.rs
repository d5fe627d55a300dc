//! Secrets and environment variables.

use std::ops::ControlFlow;

use logto_admin::Client;
use logto_admin::transport::{HttpTransport, Method};
use logto_admin_cli::config::{self, Change, Selection, Undeclared};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;

use crate::folder::{Folder, NOBODY, apply, export, plan, written};
use crate::tenants::{call, fill, list};

const VARIABLE: &str = "HOOK_AUDIT_HEADERS_AUTHORIZATION";

#[tokio::test]
async fn secrets_are_exported_as_variables() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
    assert_eq!(exported.variables, [VARIABLE]);
    for name in folder.names() {
        assert!(!folder.get(&name).contains("hook-secret"), "{name}");
    }
    assert!(folder.get("applications.yaml").contains("costs $${env:NOTHING}"), "what looks like a variable is escaped");
}

#[tokio::test]
async fn credentials_in_urls_are_exported_as_variables_and_not_shown() {
    let tenant = Emulator::new().client().unwrap();
    let url = "https://ada:hunter2@example.com/hook?room=1&token=hunter3";
    let hook = json!({ "name": "Chat", "events": ["User.Created"], "config": { "url": url } });
    call(&tenant, "CreateHook", &[], hook).await;
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
    assert_eq!(exported.variables, ["HOOK_CHAT_URL_CREDENTIALS", "HOOK_CHAT_URL_TOKEN"]);
    let expected = "https://${env:HOOK_CHAT_URL_CREDENTIALS}@example.com/hook?room=1&token=${env:HOOK_CHAT_URL_TOKEN}";
    assert!(folder.get("hooks.yaml").contains(expected), "{}", folder.get("hooks.yaml"));
    let environment = |name: &str| match name {
        "HOOK_CHAT_URL_CREDENTIALS" => Ok(Some("ada:hunter2".to_owned())),
        "HOOK_CHAT_URL_TOKEN" => Ok(Some("hunter3".to_owned())),
        _ => Ok(None),
    };
    let same =
        config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &environment).await.unwrap();
    assert!(same.is_empty(), "{}", written(&same));
    folder.replace("hooks.yaml", expected, "https://example.com/hook?token=hunter4");
    let plan = plan(&tenant, &folder).await.unwrap();
    assert!(written(&plan).contains("token=(secret)") && !written(&plan).contains("hunter"), "{}", written(&plan));
}

#[tokio::test]
async fn members_that_sound_secret_are_exported_as_variables_and_not_shown() {
    let tenant = Emulator::new().client().unwrap();
    let data = json!({
        "team": "shop", "apiKey": "hunter2", "token": 12_345_678, "nested": [{ "webhookSecret": "hunter3" }],
    });
    call(&tenant, "CreateApplication", &[], json!({ "name": "Web", "type": "SPA", "customData": data })).await;
    let sample = json!({ "user": { "name": "Ada", "password": "hunter4" } });
    let customizer = json!({ "script": "x", "contextSample": sample });
    call(&tenant, "UpsertJwtCustomizer", &[("tokenTypePath", "access-token")], customizer).await;
    let folder = Folder::new();
    let selection = Selection::new(&["applications", "jwt-customizers"], &[]).unwrap();
    let exported = config::export(&tenant, NOBODY, folder.path(), &selection, false).await.unwrap();
    assert_eq!(
        exported.variables,
        [
            "APPLICATION_WEB_CUSTOM_DATA_API_KEY",
            "APPLICATION_WEB_CUSTOM_DATA_TOKEN",
            "APPLICATION_WEB_CUSTOM_DATA_NESTED_0_WEBHOOK_SECRET",
            "JWT_CUSTOMIZER_ACCESS_TOKEN_CONTEXT_SAMPLE_USER_PASSWORD",
        ]
    );
    let secrets = ["hunter", "12345678"];
    for name in folder.names() {
        assert!(!secrets.iter().any(|secret| folder.get(&name).contains(secret)), "{}", folder.get(&name));
    }
    assert!(plan(&tenant, &folder).await.unwrap().is_empty(), "variables that are not set keep the values");

    let empty = "- name: Web\n  customData:\n    apiKey: hunter5\n    team: shop\n";
    folder.put("applications.yaml", empty);
    let changed = plan(&tenant, &folder).await.unwrap();
    let data: Vec<_> = changed.changes().iter().map(Change::to_json).collect();
    for shown in [written(&changed), json!(data).to_string()] {
        assert!(shown.contains("(secret, changed)") && shown.contains("shop"), "{shown}");
        assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{shown}");
    }
}

#[tokio::test]
async fn values_of_variables_are_not_shown_in_names_references_and_messages() {
    let tenant = Emulator::new().client().unwrap();
    let environment = |name: &str| Ok((name == "NAME").then(|| "hunter2".to_owned()));
    let scope = "  scopes:\n  - name: ${env:NAME}\n";
    let folder = Folder::with(&[
        ("resources.yaml", &format!("- indicator: https://${{env:NAME}}\n  name: ${{env:NAME}}\n{scope}")),
        ("roles.yaml", "- name: ${env:NAME}\n  description: x\n  scopes:\n    https://${env:NAME}: ['${env:NAME}']\n"),
    ]);
    let all = Selection::all();
    let plan = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment).await.unwrap();
    let shown = format!("{} {plan:?}", written(&plan));
    assert!(shown.contains("role \"${env:NAME}\"") && !shown.contains("hunter2"), "{shown}");
    folder.put("roles.yaml", "- name: ${env:NAME}\n  description: x\n  scopes:\n    https://${env:NAME}: [none]\n");
    let error = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("https://${env:NAME} / none") && !error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn values_of_variables_inside_names_are_not_shown() {
    let tenant = Emulator::new().client().unwrap();
    let environment = |name: &str| Ok((name == "L").then(|| "hunter2".to_owned()));
    let all = Selection::all();
    let plan_of = async |folder: &Folder| {
        config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Delete, &environment).await
    };
    let applications = "- name: x${env:L}y\n  type: SPA\n  customData:\n    a${env:L}b: c${env:L}d\n    e: f\n";
    let folder = Folder::with(&[
        ("applications.yaml", applications),
        ("custom-profile-fields.yaml", "- name: x${env:L}y\n  type: Text\n  required: true\n"),
    ]);
    let planned = plan_of(&folder).await.unwrap();
    let shown = format!("{} {planned:?}", written(&planned));
    assert!(shown.contains("+ application \"x${env:L}y\"") && shown.contains("\"a${env:L}b\": c${env:L}d"), "{shown}");
    assert!(!shown.contains("hunter"), "{shown}");
    apply(&tenant, &planned).await.unwrap();

    // Old names, of objects and of entities that are deleted.
    folder.put("applications.yaml", "- name: x${env:L}y\n  customData:\n    e: f\n");
    folder.put("custom-profile-fields.yaml", "[]\n");
    let planned = plan_of(&folder).await.unwrap();
    let data: Vec<_> = planned.changes().iter().map(Change::to_json).collect();
    let shown = format!("{} {}", written(&planned), json!(data));
    assert!(
        shown.contains("\"a${env:L}b\": c${env:L}d") && shown.contains("custom profile field \"x${env:L}y\""),
        "{shown}"
    );
    assert!(!shown.contains("hunter"), "{shown}");

    // The path of a failed call contains the name.
    folder.put("custom-profile-fields.yaml", "- name: x${env:L}y\n  type: Text\n  required: false\n");
    let planned = plan_of(&folder).await.unwrap();
    let delete = tenant.operation("DeleteCustomProfileFieldByName").unwrap();
    delete.path("name", "xhunter2y").await.unwrap();
    let error = apply(&tenant, &planned).await.unwrap_err().to_string();
    assert!(error.contains("/api/custom-profile-fields/x${env:L}y") && !error.contains("hunter"), "{error}");
}

#[tokio::test]
async fn what_a_variable_replaces_is_not_shown() {
    let tenant = Emulator::new().client().unwrap();
    let application = json!({
        "name": "Web", "type": "SPA", "customData": { "old-name": 1, "other-name": { "a": 2 }, "open": 3 },
        "oidcClientMetadata": { "redirectUris": ["https://old-secret", "https://open"], "postLogoutRedirectUris": [] },
    });
    call(&tenant, "CreateApplication", &[], application).await;
    let environment = |name: &str| Ok((name == "NEW").then(|| "new-name".to_owned()));
    let file = "- name: Web\n  customData: { '${env:NEW}': 1, open: 3 }
  oidcClientMetadata: { redirectUris: [https://open, 'https://${env:NEW}'] }\n";
    let folder = Folder::with(&[("applications.yaml", file)]);
    let all = Selection::all();
    let plan = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment).await.unwrap();
    let expected = "\
~ application \"Web\"
      oidcClientMetadata:
        redirectUris:
  -     - (secret)
        - https://open
  +     - https://${env:NEW}
        postLogoutRedirectUris: []
      customData:
  -     (secret): 1
  -     (secret) 2:
  -       a: 2
  +     \"${env:NEW}\": 1
        open: 3

0 to create, 1 to update, 0 to delete
";
    assert_eq!(written(&plan), expected);
}

#[tokio::test]
async fn values_of_variables_are_words_of_messages() {
    let tenant = Emulator::new().client().unwrap();
    let environment = |name: &str| Ok((name == "T").then(|| "true".to_owned()));
    let folder = Folder::with(&[("roles.yaml", "- name: a\n  description: ${env:T}\n  isDefault: 'yes'\n")]);
    let all = Selection::all();
    let error = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment).await.unwrap_err();
    assert_eq!(folder.short(error), "roles.yaml:3: `isDefault` must be true or false");
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_that_are_asked_for_are_in_files_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), true).await.unwrap();
    assert!(exported.variables.is_empty());
    assert!(folder.get("hooks.yaml").contains("Authorization: Bearer hook-secret"));
    let mode = std::fs::metadata(folder.path().join("hooks.yaml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_variable_that_is_not_set_keeps_the_present_value() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.replace("hooks.yaml", "https://audit.example.com", "https://new.example.com");
    let plan = plan(&tenant, &folder).await.unwrap();
    let place = format!(
        "hooks.yaml:11: the variable {VARIABLE} of `config.headers.Authorization` is not set; the present value is kept"
    );
    assert_eq!(plan.warnings().iter().map(|warning| folder.short(warning)).collect::<Vec<_>>(), [place]);
    config::apply(&tenant, &plan, &mut |_, _| ControlFlow::Continue(())).await.unwrap();
    let hook = &list(&tenant, "ListHooks").await[0];
    assert_eq!(hook["config"]["headers"]["Authorization"], "Bearer hook-secret");
    assert_eq!(hook["config"]["url"], "https://new.example.com");
}

#[tokio::test]
async fn a_secret_without_its_variable_is_not_compared() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    for (value, is_same) in [(Some("Bearer hook-secret"), true), (Some("Bearer other"), false), (None, true)] {
        let set = |name: &str| Ok(value.filter(|_| name == VARIABLE).map(str::to_owned));
        let planned = config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &set).await;
        assert_eq!(planned.unwrap().is_empty(), is_same, "{value:?}");
    }
}

#[tokio::test]
async fn a_variable_that_is_not_set_hides_no_difference_of_the_text_around_it() {
    let tenant = Emulator::new().client().unwrap();
    let file = |host: &str| {
        let url = format!("https://u:${{env:PASSWORD}}@{host}.example/hook");
        format!("- name: audit\n  events: [PostSignIn]\n  config: {{url: '{url}'}}\n")
    };
    let folder = Folder::with(&[("hooks.yaml", &file("good"))]);
    let set = |name: &str| Ok((name == "PASSWORD").then(|| "secret".to_owned()));
    let planned = config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &set).await;
    apply(&tenant, &planned.unwrap()).await.unwrap();
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
    folder.put("hooks.yaml", &file("other"));
    assert_eq!(
        folder.short(plan(&tenant, &folder).await.unwrap_err()),
        "hooks.yaml:3: the variable PASSWORD of `config.url` is not set, and the present value differs elsewhere: set PASSWORD"
    );
}

#[tokio::test]
async fn a_variable_that_is_not_set_keeps_no_value_of_another_item() {
    let tenant = Emulator::new().client().unwrap();
    let file = |first: &str| format!("webauthnRelatedOrigins: [{first}, 'https://${{env:HOST}}']\n");
    let folder = Folder::with(&[("account-center.yaml", &file("https://a.example"))]);
    let host = |name: &str| Ok((name == "HOST").then(|| "secret.example".to_owned()));
    let planned = config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &host).await;
    apply(&tenant, &planned.unwrap()).await.unwrap();
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
    for first in ["https://b.example", "https://new.example, https://a.example"] {
        folder.put("account-center.yaml", &file(first));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert!(
            error.starts_with("account-center.yaml:1: the variable HOST of ")
                && error.ends_with("its list changes: set HOST")
        );
    }
}

#[tokio::test]
async fn a_new_entity_needs_its_variables() {
    let (tenant, empty) = (Emulator::new().client().unwrap(), Emulator::new().client().unwrap());
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let error = plan(&empty, &folder).await.unwrap_err();
    assert_eq!(
        folder.short(error),
        format!(
            "hooks.yaml:11: the variable {VARIABLE} of `config.headers.Authorization` is not set, and the hook is new: \
             set {VARIABLE}"
        )
    );
}

#[tokio::test]
async fn a_variable_that_identifies_an_entity_is_required() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "- description: x\n  name: ${env:TEAM}-${env:ROLE}\n")]);
    let environment = |name: &str| Ok((name == "TEAM").then(|| "blue".to_owned()));
    let all = Selection::all();
    let planned = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment).await;
    let expected = "roles.yaml:2: the variable ROLE of `name` is not set, and identifies the role: set ROLE";
    assert_eq!(folder.short(planned.unwrap_err()), expected);
}

#[tokio::test]
async fn plans_contain_no_secrets() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.replace("applications.yaml", "team: shop", "team: ${env:TEAM}");
    let environment = |name: &str| match name {
        VARIABLE => Ok(Some("Bearer new-secret".to_owned())),
        "TEAM" => Ok(Some("blue-secret".to_owned())),
        _ => Ok(None),
    };
    let plan =
        config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &environment).await.unwrap();
    let expected = format!(
        "\
~ application \"Web shop\"
      customData:
        price: costs ${{env:NOTHING}}
  -     team: (secret)
  +     team: ${{env:TEAM}}

~ hook \"Audit\"
      config:
        url: https://audit.example.com
        headers:
  -       Authorization: (secret)
  +       Authorization: ${{env:{VARIABLE}}}

0 to create, 2 to update, 0 to delete
"
    );
    assert_eq!(written(&plan), expected);
    assert!(!format!("{plan:?}").contains("-secret"));
    config::apply(&tenant, &plan, &mut |_, _| ControlFlow::Continue(())).await.unwrap();
    assert_eq!(list(&tenant, "ListHooks").await[0]["config"]["headers"]["Authorization"], "Bearer new-secret");
    let again =
        config::plan(&tenant, NOBODY, folder.path(), &Selection::all(), Undeclared::Keep, &environment).await.unwrap();
    assert!(again.is_empty(), "{}", written(&again));
}

#[tokio::test]
async fn a_deletion_has_the_entity_without_secrets() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder =
        Folder::with(&[("hooks.yaml", "[]\n"), ("roles.yaml", "- name: new\n  description: 'https://${env:HOST}'\n")]);
    let environment = |name: &str| Ok((name == "HOST").then(|| "audit.example.com".to_owned()));
    let all = Selection::all();
    let plan = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Delete, &environment).await.unwrap();
    let hook = plan.changes().iter().find(|change| change.file() == "hooks").unwrap();
    let expected = json!({
        "kind": "hook", "file": "hooks", "key": ["Audit"], "action": "delete",
        "changed": ["config", "enabled", "events", "name"],
        "before": {
            "name": "Audit", "enabled": true, "events": ["User.Created", "User.Deleted"],
            "config": { "url": "https://${env:HOST}", "headers": { "Authorization": "(secret)" } },
        },
        "after": {},
    });
    assert_eq!(hook.to_json(), expected);
    assert!(written(&plan).contains("- hook \"Audit\"\n\n"), "{}", written(&plan));
}

#[tokio::test]
async fn secrets_in_files_are_masked_too() {
    let tenant = Emulator::new().client().unwrap();
    let hook = "- name: New\n  events: [User.Created]\n  config:\n    url: https://x\n    headers:\n      X-Key: in-clear-text\n";
    let folder = Folder::with(&[("hooks.yaml", hook)]);
    let plan = plan(&tenant, &folder).await.unwrap();
    assert!(written(&plan).contains("X-Key: (secret)"), "{}", written(&plan));
}

#[tokio::test]
async fn values_of_variables_are_not_shown_where_the_server_repeats_them() {
    let long = format!("hunter2  \"\u{7f}{}", "\u{fc}".repeat(600));
    // A short value can be in other words.
    for (secret, rest, expected) in [(long.as_str(), "", ""), ("pw", ": pw of pwd", ": ${env:SECRET} of pwd")] {
        let message = json!({ "a": secret }).to_string() + rest;
        let tenant = repeating(&message);
        let file = "- name: a\n  type: SPA\n  customData: { a: '${env:SECRET}' }\n";
        let folder = Folder::with(&[("applications.yaml", file)]);
        let environment = |name: &str| Ok((name == "SECRET").then(|| secret.to_owned()));
        let all = Selection::all();
        let planned = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Keep, &environment).await.unwrap();
        let error = apply(&tenant, &planned).await.unwrap_err();
        let shown = format!("{}{expected} [request", r#"{"a":"${env:SECRET}"}"#);
        assert!(error.message().contains(&shown), "{error}");
    }
}

/// Returns a client of a server that refuses all changes with this message.
fn repeating(message: &str) -> Client {
    let (emulator, repeated) = (Emulator::new(), message.to_owned());
    let sending = emulator.clone();
    let transport = ScriptedTransport::new(move |request, options| {
        let is_write = !options.token_call && request.method != Method::Get;
        let (emulator, body) = (sending.clone(), json!({ "code": "guard.invalid_input", "message": repeated }));
        async move {
            let mut answer = emulator.send(request, &options).await?;
            if is_write {
                (answer.status, answer.body) = (422, body.to_string().into());
            }
            Ok(answer)
        }
    });
    let client = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
    client.transport(transport).build().unwrap()
}
