//! Settings that exist once.

use logto_admin_emulator::Emulator;
use serde_json::json;

use crate::folder::{Folder, apply_all, export, plan, written};
use crate::tenants::call;

#[tokio::test]
async fn settings_change_only_where_a_file_differs() {
    let tenant = Emulator::new().client().unwrap();
    let experience = "\
signInMode: SignIn
color:
  primaryColor: '#000000'
  isDarkModeEnabled: false
  darkPrimaryColor: '#8768F8'
mfa:
  factors: [Totp, WebAuthn]
  policy: Mandatory
customCss: |
  .button {
    color: red;
  }
";
    let folder = Folder::with(&[
        ("sign-in-experience.yaml", experience),
        ("account-center.yaml", "enabled: true\nfields:\n  email: Edit\n"),
    ]);
    let found = plan(&tenant, &folder).await.unwrap();
    let text = written(&found);
    assert!(text.contains("~ sign-in experience\n"), "{text}");
    assert!(text.contains("  -     primaryColor: \"#6139F6\"\n"), "{text}");
    assert!(text.contains("  +   customCss: |\n  +     .button {\n"), "{text}");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 2);
    let now = tenant.operation("GetSignInExp").unwrap().await.unwrap();
    assert_eq!(now["branding"]["logoUrl"], "https://logto.io/logo.svg", "what the file does not mention is left alone");
}

#[tokio::test]
async fn settings_move_to_another_tenant() {
    let (tenant, other) = (Emulator::new().client().unwrap(), Emulator::new().client().unwrap());
    // The other tenant has a setting that the first one does not have.
    call(&other, "UpdateSignInExp", &[], json!({ "passwordPolicy": { "length": { "min": 12, "max": 64 } } })).await;
    let changes = json!({
        "signInMode": "SignIn",
        "supportEmail": "help@example.com",
        "mfa": { "factors": ["Totp"], "policy": "Mandatory" },
    });
    call(&tenant, "UpdateSignInExp", &[], changes).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    assert_eq!(apply_all(&other, &folder).await.updated, 1);
    let now = other.operation("GetSignInExp").unwrap().await.unwrap();
    assert_eq!(now["passwordPolicy"], json!({}));
    // A setting that was cleared is cleared in the other tenant, too.
    call(&tenant, "UpdateSignInExp", &[], json!({ "supportEmail": null })).await;
    export(&tenant, &folder).await;
    assert_eq!(apply_all(&other, &folder).await.updated, 1);
}

#[tokio::test]
async fn defaults_that_the_server_adds_are_not_differences() {
    let tenant = Emulator::new().client().unwrap();
    let policy = json!({ "length": { "min": 8, "max": 256 }, "characterTypes": { "min": 1 } });
    call(&tenant, "UpdateSignInExp", &[], json!({ "passwordPolicy": policy })).await;
    let file = "passwordPolicy:\n  length:\n    min: 10\n  characterTypes:\n    min: 1\n";
    let folder = Folder::with(&[("sign-in-experience.yaml", file)]);
    let text = written(&plan(&tenant, &folder).await.unwrap());
    assert!(text.contains("+       min: 10\n") && !text.contains("-       max"), "{text}");
    apply_all(&tenant, &folder).await;
    let now = tenant.operation("GetSignInExp").unwrap().await.unwrap();
    assert_eq!(now["passwordPolicy"]["length"], json!({ "min": 10, "max": 256 }));
}

#[tokio::test]
async fn adaptive_mfa_that_is_off_is_not_a_difference() {
    let tenant = Emulator::new().client().unwrap();
    call(&tenant, "UpdateSignInExp", &[], json!({ "mfa": { "factors": ["Totp"], "policy": "Mandatory" } })).await;
    let file = |adaptive: &str| format!("mfa:\n  policy: UserControlled\n  factors: []\nadaptiveMfa: {adaptive}\n");
    let folder = Folder::with(&[("sign-in-experience.yaml", &file("null"))]);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    // The server has turned it off by itself.
    let now = tenant.operation("GetSignInExp").unwrap().await.unwrap();
    assert_eq!(now["adaptiveMfa"], json!({ "enabled": false }));
    for adaptive in ["{}", "{ enabled: false }"] {
        folder.put("sign-in-experience.yaml", &file(adaptive));
        assert!(plan(&tenant, &folder).await.unwrap().is_empty(), "{adaptive}");
    }
}
