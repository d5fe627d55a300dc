//! Texts, fields, scripts, captcha and domains.

use std::ops::ControlFlow;

use logto_admin::Client;
use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_cli::failure::Result;
use logto_admin_emulator::{Emulator, Service};
use serde_json::json;

use crate::folder::{Folder, NOBODY, apply, apply_all, export, plan, prune, written};
use crate::tenants::{call, furnish, list};

fn tenant() -> Client {
    Emulator::builder().service(Service::Domains).build().client().unwrap()
}

fn secrets(name: &str) -> Result<Option<String>> {
    let secret = match name {
        "CAPTCHA_SECRET_KEY" => "captcha-secret",
        "JWT_CUSTOMIZER_ACCESS_TOKEN_ENVIRONMENT_VARIABLES_API_KEY" => "script-secret",
        _ => return Ok(None),
    };
    Ok(Some(secret.to_owned()))
}

#[tokio::test]
async fn content_moves_to_another_tenant() {
    let (tenant, empty) = (tenant(), tenant());
    furnish(&tenant).await;
    let (folder, copy) = (Folder::new(), Folder::new());
    export(&tenant, &folder).await;
    for file in [
        "custom-phrases/en.yaml",
        "custom-phrases/pt-BR.yaml",
        "email-templates/en-SignIn.yaml",
        "jwt-customizers/access-token.js",
        "jwt-customizers/access-token.yaml",
        "captcha.yaml",
        "domains.yaml",
    ] {
        assert!(!folder.get(file).contains("-secret"), "{file}");
    }

    let all = Selection::all();
    let planned = config::plan(&empty, NOBODY, folder.path(), &all, Undeclared::Delete, &secrets).await.unwrap();
    assert!(!written(&planned).contains("-secret"), "{}", written(&planned));
    config::apply(&empty, &planned, &mut |_, _| ControlFlow::Continue(())).await.unwrap();
    let again = config::plan(&empty, NOBODY, folder.path(), &all, Undeclared::Delete, &secrets).await.unwrap();
    assert!(again.is_empty(), "{}", written(&again));
    export(&empty, &copy).await;
    for name in folder.names() {
        assert_eq!(copy.get(&name), folder.get(&name), "{name}");
    }
    let customizers = list(&empty, "ListJwtCustomizers").await;
    assert_eq!(customizers[0]["value"]["environmentVariables"]["API_KEY"], "script-secret");
}

/// The server answers with an empty label, which it refuses in changes.
#[tokio::test]
async fn a_field_without_a_label_is_exported_and_changed() {
    let (tenant, folder) = (tenant(), Folder::new());
    let field =
        json!({ "name": "nick", "type": "Text", "required": false, "config": { "minLength": 1, "maxLength": 9 } });
    call(&tenant, "CreateCustomProfileField", &[], field).await;
    export(&tenant, &folder).await;
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
    folder.replace("custom-profile-fields.yaml", "required: false", "required: true");
    apply_all(&tenant, &folder).await;
    assert_eq!(list(&tenant, "ListCustomProfileFields").await[0]["required"], true);
}

#[tokio::test]
async fn scripts_are_files_beside_the_yaml() {
    let tenant = tenant();
    furnish(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let yaml = folder.get("jwt-customizers/access-token.yaml");
    assert!(yaml.contains("scriptFile: access-token.js\n") && !yaml.contains("getCustomJwtClaims"), "{yaml}");
    let script = folder.get("jwt-customizers/access-token.js");
    assert!(script.starts_with("const getCustomJwtClaims"), "{script}");
    folder.put("jwt-customizers/access-token.js", &script.replace("1 + 1", "2 + 2"));
    let planned = plan(&tenant, &folder).await.unwrap();
    assert!(
        written(&planned).contains("  -       return { tier: `${1 + 1}` };\n  +       return { tier: `${2 + 2}` };\n"),
        "{}",
        written(&planned)
    );
    apply_all(&tenant, &folder).await;
    let customizers = list(&tenant, "ListJwtCustomizers").await;
    assert_eq!(customizers[0]["value"]["environmentVariables"]["API_KEY"], "script-secret", "the variable is not set");

    folder.put("jwt-customizers/null.js", "a\0b");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../roles.yaml", folder.path().join("jwt-customizers/link.js")).unwrap();
    for (name, problem) in [
        #[cfg(unix)]
        ("link.js", "invalid file link.js: it is a link to another folder"),
        ("missing.js", "cannot read "),
        ("../roles.yaml", "invalid file ../roles.yaml"),
        ("null.js", "jwt-customizers/null.js contains a null character"),
    ] {
        folder.put("jwt-customizers/access-token.yaml", &format!("tokenType: access-token\nscriptFile: {name}\n"));
        let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
        assert!(error.starts_with(&format!("jwt-customizers/access-token.yaml:2: {problem}")), "{error}");
    }
}

#[tokio::test]
async fn a_script_comes_from_one_place() {
    let yaml = "tokenType: access-token\nscriptFile: access-token.js\nscript: const a = 1;\n";
    let folder =
        Folder::with(&[("jwt-customizers/a.yaml", yaml), ("jwt-customizers/access-token.js", "const a = 2;\n")]);
    let error = folder.short(plan(&tenant(), &folder).await.unwrap_err());
    assert_eq!(error, "jwt-customizers/a.yaml:2: `script` and `scriptFile`: remove one of them");
}

#[tokio::test]
async fn byte_order_marks_are_not_content() {
    let tenant = tenant();
    furnish(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let names = folder.names();
    for name in &names {
        folder.put(name, &format!("\u{feff}{}", folder.get(name)));
    }
    let plan = plan(&tenant, &folder).await.unwrap();
    assert!(plan.is_empty(), "{}", written(&plan));
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
    assert_eq!((exported.files.len(), folder.names()), (names.len(), names), "its own files");
}

#[tokio::test]
async fn a_byte_order_mark_of_a_script_survives() {
    let (tenant, copy, folder) = (tenant(), tenant(), Folder::new());
    let script = "\u{feff}const getCustomJwtClaims = async () => ({});";
    let customizer = json!({ "script": script });
    call(&tenant, "UpsertJwtCustomizer", &[("tokenTypePath", "access-token")], customizer).await;
    export(&tenant, &folder).await;
    let planned = plan(&tenant, &folder).await.unwrap();
    assert!(planned.is_empty(), "{}", written(&planned));
    apply_all(&copy, &folder).await;
    assert_eq!(list(&copy, "ListJwtCustomizers").await[0]["value"]["script"], script);
}

#[tokio::test]
async fn texts_can_be_edited_added_and_deleted() {
    let tenant = tenant();
    furnish(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.replace("custom-phrases/en.yaml", "Enter", "Come in");
    folder.put("custom-phrases/de.yaml", "languageTag: de\ntranslation:\n  action:\n    sign_in: Anmelden\n");
    folder.put(
        "email-templates/de.yaml",
        "- languageTag: de\n  templateType: SignIn\n  details:\n    subject: Code\n    content: '{{code}}'\n",
    );
    std::fs::remove_file(folder.path().join("custom-phrases/pt-BR.yaml")).unwrap();
    folder.replace("custom-profile-fields.yaml", "sieOrder: 2", "sieOrder: 0");
    folder.put("domains.yaml", "- domain: auth.example.com\n");
    let pruning = prune(&tenant, &folder).await.unwrap();
    let names: Vec<String> =
        pruning.changes().iter().map(|change| format!("{} {change}", change.action().verb())).collect();
    assert_eq!(
        names,
        [
            "create domain \"auth.example.com\"",
            "update custom profile field \"age\"",
            "create custom phrases \"de\"",
            "update custom phrases \"en\"",
            "create email template \"de / SignIn\"",
            "delete custom phrases \"pt-BR\"",
            "delete domain \"login.example.com\"",
        ]
    );
    apply(&tenant, &pruning).await.unwrap();
    let again = prune(&tenant, &folder).await.unwrap();
    assert!(again.is_empty(), "{}", written(&again));
}

#[tokio::test]
async fn files_of_deleted_entities_disappear_with_the_next_export() {
    let tenant = tenant();
    furnish(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.put("custom-phrases/mine.yaml", "languageTag: fr\ntranslation: {}\n");
    tenant.operation("DeleteCustomPhrase").unwrap().path("languageTag", "pt-BR").await.unwrap();
    tenant.operation("DeleteJwtCustomizer").unwrap().path("tokenTypePath", "access-token").await.unwrap();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
    let removed: Vec<String> = exported.removed.iter().map(|path| folder.short(path.display())).collect();
    assert_eq!(
        removed,
        ["custom-phrases/pt-BR.yaml", "jwt-customizers/access-token.yaml", "jwt-customizers/access-token.js"]
    );
    assert!(folder.names().contains(&"custom-phrases/mine.yaml".to_owned()), "it is not from an export");
    assert!(folder.get("jwt-customizers.yaml").ends_with("[]\n"));
}

#[tokio::test]
async fn phrases_of_the_fallback_language_are_kept() {
    let tenant = tenant();
    furnish(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    std::fs::remove_file(folder.path().join("custom-phrases/en.yaml")).unwrap();
    let only = Selection::new(&["custom-phrases"], &[]).unwrap();
    let environment = |_: &str| Ok(None);
    let planned = config::plan(&tenant, NOBODY, folder.path(), &only, Undeclared::Delete, &environment).await.unwrap();
    assert!(planned.is_empty(), "{}", written(&planned));
    let message = "the custom phrases \"en\" is not deleted: it is the fallback language of the sign-in experience";
    assert_eq!(planned.unmanaged()[0].message, message);
    assert!(planned.has_differences());

    // Deletions come after the change of the language.
    let all = Selection::new(&["custom-phrases", "sign-in-experience"], &[]).unwrap();
    folder.put("sign-in-experience.yaml", "languageInfo:\n  autoDetect: true\n  fallbackLanguage: pt-BR\n");
    let planned = config::plan(&tenant, NOBODY, folder.path(), &all, Undeclared::Delete, &environment).await.unwrap();
    assert_eq!(planned.count(config::Action::Delete), 1, "{}", written(&planned));
    apply(&tenant, &planned).await.unwrap();
}
