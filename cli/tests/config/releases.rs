//! Servers that are older than the files.

use logto_admin::Client;
use logto_admin::operation::Release;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpTransport, Method};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;

use crate::folder::{Folder, NOBODY, apply, apply_all, plan, written};
use crate::tenants::list;

#[tokio::test]
async fn what_an_older_server_lacks_is_skipped_with_a_warning() {
    let old = Emulator::builder().release(Release::new(22)).build().client().unwrap();
    let folder = Folder::with(&[
        (
            "email-templates/en.yaml",
            "languageTag: en\ntemplateType: SignIn\ndetails:\n  subject: Hi\n  content: Code\n",
        ),
        ("custom-profile-fields.yaml", "- name: size\n  type: Text\n  required: true\n"),
        (
            "applications.yaml",
            "- name: Web\n  type: SPA\n  customClientMetadata:\n    allowTokenExchange: true\n    idTokenTtl: 60\n",
        ),
    ]);
    let found = plan(&old, &folder).await.unwrap();
    let warnings: Vec<String> = found.warnings().iter().map(|warning| folder.short(warning)).collect();
    let release = warnings[0].split(": ").nth(2).unwrap().replace(" does not have it", "");
    assert!(release.starts_with("Logto 1.2"), "{release}");
    assert_eq!(
        warnings,
        [
            format!(
                "applications.yaml:4: `customClientMetadata.allowTokenExchange` is skipped: {release} does not have it"
            ),
            format!("`custom-profile-fields` is skipped: {release} does not have it"),
            format!("`email-templates` is skipped: {release} does not have it"),
        ]
    );
    assert_eq!(found.changes().len(), 1, "{}", written(&found));
    apply(&old, &found).await.unwrap();
    assert!(plan(&old, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_export_of_an_older_server_leaves_out_what_it_lacks() {
    let old = Emulator::builder().release(Release::new(22)).build().client().unwrap();
    let folder = Folder::new();
    let all = logto_admin_cli::config::Selection::all();
    let exported = logto_admin_cli::config::export(&old, NOBODY, folder.path(), &all, false).await.unwrap();
    assert!(
        exported.warnings.iter().any(|warning| warning.starts_with("`captcha` is left out: Logto 1.2")),
        "{:?}",
        exported.warnings
    );
    assert!(!folder.names().iter().any(|name| name.starts_with("captcha") || name.starts_with("email-templates")));
}

#[tokio::test]
async fn members_that_an_older_server_lacks_are_skipped_and_all_others_applied() {
    let old = Emulator::builder().release(Release::new(36)).build().client().unwrap();
    let folder = Folder::with(&[(
        "sign-in-experience.yaml",
        "signInMode: SignIn\nusernamePolicy:\n  minLength: 3\nsupportEmail: help@example.com\n",
    )]);
    let found = plan(&old, &folder).await.unwrap();
    let warnings: Vec<String> = found.warnings().iter().map(|warning| folder.short(warning)).collect();
    assert_eq!(
        warnings,
        ["sign-in-experience.yaml:3: `usernamePolicy.minLength` is skipped: Logto 1.33 to 1.36 does not have it"]
    );
    assert_eq!(found.changes()[0].changed(), ["signInMode", "supportEmail"]);
    assert_eq!(apply_all(&old, &folder).await.updated, 1);
}

/// Returns a client of a server that lacks a member of the sign-in experience.
fn lacking(emulator: &Emulator, member: &'static str) -> Client {
    let builder = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
    let emulator = emulator.clone();
    let transport = ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        async move {
            let is_experience = request.url.ends_with("/api/sign-in-exp");
            let mut answer = emulator.send(request, &options).await?;
            if is_experience {
                let mut value: Value = serde_json::from_slice(&answer.body.bytes()).unwrap();
                value.as_object_mut().unwrap().remove(member);
                answer.body = serde_json::to_vec(&value).unwrap().into();
            }
            Ok(answer)
        }
    });
    builder.transport(transport).build().unwrap()
}

#[tokio::test]
async fn a_setting_that_the_server_does_not_send_is_skipped() {
    let tenant = lacking(&Emulator::new(), "supportEmail");
    let folder = Folder::with(&[("sign-in-experience.yaml", "supportEmail: help@example.com\n")]);
    let found = plan(&tenant, &folder).await.unwrap();
    assert!(found.is_empty(), "{}", written(&found));
    assert!(found.warnings()[0].contains("`supportEmail` is skipped"), "{:?}", found.warnings());
}

/// Returns a client of a server of the release 1.17. That release merges the settings of an application that it is
/// sent.
fn merging(emulator: &Emulator) -> Client {
    let builder = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
    let emulator = emulator.clone();
    let transport = ScriptedTransport::new(move |mut request, options| {
        let emulator = emulator.clone();
        async move {
            if request.method == Method::Patch && request.url.contains("/api/applications/") {
                let mut present = request.clone();
                (present.method, present.body) = (Method::Get, Vec::new().into());
                let present = emulator.send(present, &options).await?;
                let present: Value = serde_json::from_slice(&present.body.bytes()).unwrap();
                let mut sent: Value = serde_json::from_slice(&request.body.bytes()).unwrap();
                if let Some(sent) = sent.get_mut("customClientMetadata").and_then(Value::as_object_mut) {
                    for (name, value) in present["customClientMetadata"].as_object().unwrap() {
                        sent.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
                request.body = serde_json::to_vec(&sent).unwrap().into();
            }
            emulator.send(request, &options).await
        }
    });
    builder.transport(transport).build().unwrap()
}

#[tokio::test]
async fn settings_that_an_old_server_cannot_remove_stay_a_difference() {
    let old = merging(&Emulator::builder().release(Release::new(17)).build());
    let file = |settings: &str| format!("- name: Web\n  type: SPA\n  customClientMetadata: {settings}\n");
    let folder = Folder::with(&[("applications.yaml", &file("{ idTokenTtl: 60, rotateRefreshToken: true }"))]);
    apply_all(&old, &folder).await;
    folder.put("applications.yaml", &file("{ idTokenTtl: 70 }"));
    let stays = "applications.yaml:3: `customClientMetadata.rotateRefreshToken` stays: Logto 1.17 cannot remove it, only change it";
    assert_eq!(apply_all(&old, &folder).await.updated, 1);
    let found = plan(&old, &folder).await.unwrap();
    assert!(found.is_empty() && found.has_differences(), "{}", written(&found));
    let messages: Vec<String> = found.unmanaged().iter().map(|unmanaged| folder.short(&unmanaged.message)).collect();
    assert_eq!(messages, [stays]);
    let kept = &found.differences()[0];
    assert_eq!((&kept["action"], &kept["key"]), (&json!("keep"), &json!(["Web"])));
    assert!(stays.ends_with(kept["reason"].as_str().unwrap()), "{kept}");
    let web = list(&old, "ListApplications").await.into_iter().find(|application| application["name"] == "Web");
    assert_eq!(web.unwrap()["customClientMetadata"]["idTokenTtl"], 70);
}
