//! Mistakes in files.

use logto_admin_cli::config::{self, Plan, Selection, Undeclared};
use logto_admin_cli::failure::Exit;
use logto_admin_emulator::Emulator;
use serde_json::json;

use crate::folder::{Folder, NOBODY, export, plan};
use crate::tenants::{call, fill};

/// Returns the problems that a plan finds in files.
pub(crate) async fn problems(files: &[(&str, &str)]) -> Vec<String> {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::with(files);
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert_eq!(error.exit, Exit::Usage);
    folder.short(error).lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn only_one_resource_can_be_the_default() {
    let resources =
        "- indicator: https://a\n  name: a\n  isDefault: true\n- indicator: https://b\n  name: b\n  isDefault: true\n";
    assert_eq!(
        problems(&[("resources.yaml", resources)]).await,
        ["resources.yaml:6: `isDefault` is true for \"https://a\" already: only one resource can have it"]
    );
}

#[tokio::test]
async fn values_that_no_server_accepts_are_reported() {
    let found = problems(&[
        ("applications.yaml", "- name: Web\n  type: spa\n"),
        ("jwt-customizers/x.yaml", "tokenType: id-token\nscript: x\n"),
        ("organization-template.yaml", "roles:\n- name: a\n  type: Userx\n"),
        ("roles.yaml", "- name: a\n  description: b\n  type: Userx\n"),
        ("sign-in-experience.yaml", "signInMode: Nope\n"),
    ])
    .await;
    assert_eq!(
        found,
        [
            "applications.yaml:2: `type` must be one of Native, SPA, Traditional, MachineToMachine, Protected, SAML",
            "jwt-customizers/x.yaml:1: `tokenType` must be one of access-token, client-credentials",
            "organization-template.yaml:3: `type` must be one of User, MachineToMachine",
            "roles.yaml:3: `type` must be one of User, MachineToMachine",
            "sign-in-experience.yaml:1: `signInMode` must be one of SignIn, Register, SignInAndRegister",
        ]
    );
}

#[tokio::test]
async fn unknown_events_have_file_line_and_suggestion() {
    let hook = |event: &str| {
        format!("- name: a\n  config:\n    url: https://a.example\n  events:\n  - User.Created\n  - {event}\n")
    };
    for (event, expected) in [
        ("User.Craeted", "`events` cannot be `User.Craeted`; did you mean `User.Created`?"),
        ("x", "`events` must be one of PostRegister, PostSignIn, "),
    ] {
        let found = problems(&[("hooks.yaml", &hook(event))]).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(&format!("hooks.yaml:6: {expected}")), "{found:?}");
    }
}

#[tokio::test]
async fn unknown_keys_have_file_line_and_suggestion() {
    let found = problems(&[
        (
            "applications.yaml",
            "- name: Web\n  type: SPA\n  oidcClientMetadata:\n    redirectUri: []\n- name: API\n  descripton: x\n",
        ),
        ("organization-template.yaml", "role: []\n"),
        ("resources.yaml", "- indicator: https://x\n  scopes:\n  - name: a\n    title: b\n"),
        ("sign-in-experience.yaml", "signIn:\n  methods:\n  - identifier: email\n    verifcationCode: true\n"),
    ])
    .await;
    assert_eq!(
        found,
        [
            "applications.yaml:4: unknown key `redirectUri`; did you mean `redirectUris`?",
            "applications.yaml:6: unknown key `descripton`; did you mean `description`?",
            "organization-template.yaml:1: unknown key `role`; did you mean `roles`?",
            "resources.yaml:4: unknown key `title`; expected one of name, description",
            "sign-in-experience.yaml:4: unknown key `verifcationCode`; did you mean `verificationCode`?",
        ]
    );
}

#[tokio::test]
async fn misspelt_files_are_not_ignored() {
    assert_eq!(
        problems(&[("aplications.yaml", "[]\n"), ("role/x.yaml", "name: x\n")]).await,
        [
            "aplications.yaml: unknown kind `aplications`; did you mean `applications`?",
            "role: unknown kind `role`; did you mean `roles`?"
        ]
    );
    let tenant = Emulator::new().client().unwrap();
    let folder =
        Folder::with(&[("docker-compose.yaml", "services: {}\n"), ("hooks.json", "[]"), ("roles.yaml", "[]\n")]);
    let planned = plan(&tenant, &folder).await.unwrap();
    let warnings: Vec<String> = planned.warnings().iter().map(|warning| folder.short(warning)).collect();
    let expected = [
        "docker-compose.yaml is ignored: `docker-compose` is not a kind",
        "hooks.json is ignored: its name does not end with .yaml or .yml",
    ];
    assert_eq!(warnings, expected);
}

#[tokio::test]
async fn a_plan_warns_once_about_each_file_and_folder_that_it_does_not_read() {
    let folder = Folder::with(&[
        (".git/config", ""),
        (".gitignore", ""),
        ("README.md", ""),
        ("hooks.txt", "[]"),
        ("jwt-customizers/.DS_Store", ""),
        ("jwt-customizers/README.md", ""),
        ("jwt-customizers/access-token.js", "a"),
        ("jwt-customizers/access-token.yaml", "tokenType: access-token\nscriptFile: ./access-token.js\n"),
        ("jwt-customizers/client-credentials.js", "b"),
        ("jwt-customizers/client-credentials.yml~", "a: b"),
        ("old/a/roles.yaml", "[]"),
        ("old/hooks.yaml", "[]"),
        ("roles.yaml", "[]\n"),
        ("roles.yaml.bak", "[]\n"),
    ]);
    let (not_yaml, tenant) = ("its name does not end with .yaml or .yml", Emulator::new().client().unwrap());
    let expected = [
        format!("hooks.txt is ignored: {not_yaml}"),
        "jwt-customizers/client-credentials.js is ignored: no `scriptFile` names it".to_owned(),
        format!("jwt-customizers/client-credentials.yml~ is ignored: {not_yaml}"),
        "old is ignored: `old` is not a kind".to_owned(),
        format!("roles.yaml.bak is ignored: {not_yaml}"),
    ];
    let warnings = |plan: &Plan| plan.warnings().iter().map(|warning| folder.short(warning)).collect::<Vec<_>>();
    assert_eq!(warnings(&plan(&tenant, &folder).await.unwrap()), expected);
    // Kinds that are not selected have no warnings.
    let selection = Selection::new(&["roles"], &[]).unwrap();
    let some = config::plan(&tenant, NOBODY, folder.path(), &selection, Undeclared::Keep, &|_| Ok(None)).await.unwrap();
    assert_eq!(warnings(&some), expected[3..]);
}

#[tokio::test]
async fn files_of_a_kind_that_cannot_be_read_do_not_count_as_absent() {
    let found = problems(&[
        ("jwt-customizers/access-token.YAML", "tokenType: access-token\n"),
        ("jwt-customizers/sub/client-credentials.yaml", "tokenType: client-credentials\n"),
        ("jwt-customizers/.hidden/x.yaml", "a: b\n"),
        ("jwt-customizers/notes.txt", "a"),
        ("roles.YAML", "[]\n"),
        ("roles.yaml", "[]\n"),
    ])
    .await;
    let expected = [
        "jwt-customizers/access-token.YAML must end with .yaml or .yml in lower case",
        "jwt-customizers/sub is a folder: move its files up",
        "roles.YAML must end with .yaml or .yml in lower case",
    ];
    assert_eq!(found, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_to_a_file_that_does_not_exist_is_an_error() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("domains.yaml", "[]")]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("roles.yaml")).unwrap();
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert!(error.exit == Exit::Usage && folder.short(&error).starts_with("cannot read roles.yaml: "), "{error}");
}

/// Makes a pipe. Its writer waits for a reader, and ends it.
#[cfg(unix)]
fn pipe(folder: &Folder, name: &str) {
    let path = folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    std::thread::spawn(move || std::fs::OpenOptions::new().write(true).open(path));
}

#[cfg(unix)]
#[tokio::test]
async fn pipes_and_devices_are_not_read() {
    let tenant = Emulator::new().client().unwrap();
    let refused = async |folder: &Folder| {
        let error = plan(&tenant, folder).await.unwrap_err();
        assert_eq!(error.exit, Exit::Usage);
        folder.short(error)
    };
    let folder = Folder::with(&[("domains.yaml", "[]")]);
    pipe(&folder, "roles.yaml");
    assert_eq!(refused(&folder).await, "cannot read roles.yaml: it is not a regular file");
    let folder = Folder::with(&[("domains.yaml", "[]")]);
    std::os::unix::fs::symlink("/dev/null", folder.path().join("roles.yaml")).unwrap();
    assert_eq!(refused(&folder).await, "cannot read roles.yaml: it is not a regular file");
    let script = "tokenType: access-token\nscriptFile: access-token.js\n";
    let folder = Folder::with(&[("jwt-customizers/access-token.yaml", script)]);
    pipe(&folder, "jwt-customizers/access-token.js");
    let expected = "jwt-customizers/access-token.yaml:2: cannot read jwt-customizers/access-token.js: ";
    assert_eq!(refused(&folder).await, format!("{expected}it is not a regular file"));
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_replaces_no_pipe() {
    let (tenant, folder) = (Emulator::new().client().unwrap(), Folder::new());
    call(&tenant, "UpsertJwtCustomizer", &[("tokenTypePath", "access-token")], json!({ "script": "a" })).await;
    export(&tenant, &folder).await;
    for name in ["jwt-customizers/access-token.js", "roles.yaml"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
        pipe(&folder, name);
        let error = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap_err();
        assert!(folder.short(&error).starts_with(&format!("{name} already exists")), "{error}");
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
}

#[tokio::test]
async fn a_folder_without_files_of_a_configuration_is_not_one_without_differences() {
    let tenant = Emulator::new().client().unwrap();
    for file in ["docker-compose.yaml", "roles.json", "readme.md"] {
        let folder = Folder::with(&[(file, "{}\n")]);
        let error = plan(&tenant, &folder).await.unwrap_err();
        assert!(error.exit == Exit::Usage && error.message().contains("has no files of the selected kinds"), "{error}");
        assert_eq!(error.message().contains("is ignored"), file != "readme.md", "{error}");
    }
}

#[tokio::test]
async fn texts_that_no_server_can_store_are_reported() {
    let found = problems(&[("roles.yaml", "- name: staff\n  description: \"a\\0b\"\n")]).await;
    assert_eq!(found, ["roles.yaml:2: the text contains a null character, which the server cannot store"]);
}

#[tokio::test]
async fn what_is_not_yaml_or_not_a_list_has_a_line() {
    let found = problems(&[("roles.yaml", "- name: a\n  name: b\n"), ("hooks.yaml", "just text\n")]).await;
    assert!(found.iter().any(|problem| problem.starts_with("roles.yaml:2: ")), "{found:?}");
    assert!(found.iter().any(|problem| problem == "hooks.yaml:1: expected a list of hooks"), "{found:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn texts_and_names_in_another_encoding_are_explained() {
    use std::os::unix::ffi::OsStrExt;
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "[]\n")]);
    std::fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff.yaml")), "[]\n").unwrap();
    let warnings = plan(&tenant, &folder).await.unwrap().warnings().join("\n");
    assert!(warnings.ends_with("is ignored: `\u{fffd}` is not a kind"), "{warnings}");
    std::fs::write(folder.path().join("roles.yaml"), b"\xff\xfe[\0]\0").unwrap();
    let error = folder.short(plan(&tenant, &folder).await.unwrap_err());
    assert_eq!(error, "cannot read roles.yaml: it is not UTF-8 text");
}

#[tokio::test]
async fn the_sign_in_experience_is_declared_once() {
    let found =
        problems(&[("sign-in-experience/a.yaml", "customCss: a\n"), ("sign-in-experience/b.yaml", "customCss: b\n")])
            .await;
    let expected = "the sign-in experience is already in sign-in-experience/a.yaml:1";
    assert_eq!(found, [format!("sign-in-experience/b.yaml:1: {expected}")]);
}

#[tokio::test]
async fn values_of_a_wrong_type_have_file_line_and_key() {
    let found = problems(&[
        ("roles.yaml", "- name: a\n  description: 1\n  isDefault: 'yes'\n"),
        (
            "applications.yaml",
            "- name: Web\n  type: SPA\n  oidcClientMetadata: x\n  customClientMetadata:\n    idTokenTtl: ${env:TTL}\n    corsAllowedOrigins: [1]\n",
        ),
        ("sign-in-experience.yaml", "signIn:\n  methods:\n  - identifier: email\n    password: 1\nmfa:\n  factors: Totp\n"),
        ("hooks.yaml", "- name: H\n  events: [User.Created]\n  config:\n    url: https://x\n    retries: '3'\n"),
    ])
    .await;
    assert_eq!(
        found,
        [
            "applications.yaml:3: `oidcClientMetadata` must be an object",
            "applications.yaml:5: `customClientMetadata.idTokenTtl` must be a number; a variable is a text",
            "applications.yaml:6: `customClientMetadata.corsAllowedOrigins` must be a list of texts",
            "hooks.yaml:5: `config.retries` must be a number",
            "roles.yaml:2: `description` must be a text; write it in quotes",
            "roles.yaml:3: `isDefault` must be true or false",
            "sign-in-experience.yaml:4: `signIn.methods.password` must be true or false",
            "sign-in-experience.yaml:6: `mfa.factors` must be a list of texts",
        ]
    );
}

#[tokio::test]
async fn invalid_yaml_is_explained_without_the_words_of_the_parser() {
    for (text, expected) in [
        ("- name: a\n  name: b\n", "roles.yaml:2: the key `name` occurs twice"),
        ("- [1]: x\n", "roles.yaml:1: expected a text as key or value; quote what is not a text"),
        ("- name: a\n---\n- name: b\n", "roles.yaml:3: expected one document, and `---` starts another"),
        ("- name: 'a\n", "roles.yaml:1: invalid YAML: unclosed quote"),
        ("- name: *a\n", "roles.yaml:1: the alias refers to an anchor that does not exist"),
    ] {
        assert_eq!(problems(&[("roles.yaml", text)]).await, [expected]);
    }
}

#[tokio::test]
async fn an_entity_has_a_name_and_is_declared_once() {
    let found =
        problems(&[("roles.yaml", "- name: a\n  description: A\n- description: B\n- name: a\n  description: C\n")])
            .await;
    assert_eq!(found, ["roles.yaml:3: missing `name`", "roles.yaml:4: the role `a` is already in roles.yaml:1"]);
}

#[tokio::test]
async fn references_to_what_does_not_exist_have_a_suggestion() {
    let roles = "- name: a\n  description: A\n  scopes:\n    https://api.example.com: [read:order]\n";
    let found = problems(&[("roles.yaml", roles), ("applications.yaml", "- name: Worker\n  roles: [machin]\n")]).await;
    assert_eq!(
        found,
        [
            "roles.yaml:3: `scopes` refers to the scope \"https://api.example.com / read:order\", which does not exist; did you mean `https://api.example.com / read:orders`?",
            "applications.yaml:2: `roles` refers to the role \"machin\", which does not exist; did you mean `machine`?",
        ]
    );
}

#[tokio::test]
async fn the_management_api_has_a_name_of_its_own() {
    let roles = "- name: a\n  description: A\n  scopes:\n    https://default.logto.app/api: [all]\n";
    let expected = "roles.yaml:3: `scopes` refers to the scope \"https://default.logto.app/api / all\", which does not exist; files call the resource `management-api`";
    assert_eq!(problems(&[("roles.yaml", roles)]).await, [expected]);
}

#[tokio::test]
async fn a_new_entity_needs_what_the_server_requires() {
    let found =
        problems(&[("applications.yaml", "- name: New\n"), ("hooks.yaml", "- name: H\n  events: [User.Created]\n")])
            .await;
    assert_eq!(
        found,
        [
            "applications.yaml:1: the new application \"New\" requires `type`",
            "hooks.yaml:1: the new hook \"H\" requires `config.url`",
        ]
    );
}

#[tokio::test]
async fn what_cannot_change_is_found_before_anything_changes() {
    assert_eq!(
        problems(&[("applications.yaml", "- name: Worker\n  type: SPA\n")]).await,
        [
            "applications.yaml:2: `type` of the application \"Worker\" cannot change; delete it first, or use another name"
        ]
    );
    assert_eq!(
        problems(&[("applications.yaml", "- name: Web shop\n  roles: [clerk]\n")]).await,
        ["applications.yaml:2: the application \"Web shop\" cannot have `roles`"]
    );
}

#[tokio::test]
async fn names_that_the_tenant_has_twice_are_not_guessed() {
    let tenant = Emulator::new().client().unwrap();
    for _ in 0..2 {
        call(&tenant, "CreateApplication", &[], json!({ "name": "Twin", "type": "SPA" })).await;
    }
    let folder = Folder::with(&[("applications.yaml", "- name: Twin\n  description: Which?\n")]);
    let error = plan(&tenant, &folder).await.unwrap_err();
    assert_eq!(error.exit, Exit::Usage);
    assert_eq!(
        folder.short(error),
        "applications.yaml:1: the tenant has several applications \"Twin\"; give them different names"
    );
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::all(), false).await.unwrap();
    assert_eq!(exported.warnings, ["the applications \"Twin\" are left out: there are several with this name"]);
}

#[tokio::test]
async fn an_export_replaces_its_own_files_and_no_others() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "- hosts: all\n"), ("notes.txt", "mine")]);
    let all = Selection::all();
    let error = config::export(&tenant, NOBODY, folder.path(), &all, false).await.unwrap_err();
    assert!(folder.short(&error).starts_with("roles.yaml already exists and was not written by an export"), "{error}");
    assert_eq!(folder.names(), ["notes.txt", "roles.yaml"]);

    std::fs::remove_file(folder.path().join("roles.yaml")).unwrap();
    folder.put("jwt-customizers/access-token.js", "mine");
    let customizer = json!({ "script": "theirs" });
    call(&tenant, "UpsertJwtCustomizer", &[("tokenTypePath", "access-token")], customizer).await;
    let error = config::export(&tenant, NOBODY, folder.path(), &all, false).await.unwrap_err();
    assert!(folder.short(&error).starts_with("jwt-customizers/access-token.js already exists"), "{error}");
    std::fs::remove_file(folder.path().join("jwt-customizers/access-token.js")).unwrap();

    export(&tenant, &folder).await;
    fill(&tenant).await;
    export(&tenant, &folder).await;
    assert!(folder.get("roles.yaml").contains("clerk"));
    assert_eq!(folder.get("notes.txt"), "mine");
}

#[tokio::test]
async fn an_export_deletes_scripts_only_beside_files_that_have_one() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let mark = folder.get("roles.yaml").lines().next().unwrap().to_owned() + "\n";
    for name in ["custom-phrases/fr", "jwt-customizers/old"] {
        folder.put(&format!("{name}.yaml"), &mark);
        folder.put(&format!("{name}.js"), "own");
    }
    let everything = Selection::all();
    let prepared = config::prepare_export(&tenant, NOBODY, folder.path(), &everything, false).await.unwrap();
    let lost: Vec<String> = prepared.lost().iter().map(|path| folder.short(path.display())).collect();
    assert_eq!(lost, ["custom-phrases/fr.yaml", "jwt-customizers/old.yaml", "jwt-customizers/old.js"]);
    export(&tenant, &folder).await;
    assert_eq!(folder.get("custom-phrases/fr.js"), "own");
    assert!(!folder.names().contains(&"jwt-customizers/old.js".to_owned()), "{:?}", folder.names());
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_an_error() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::new();
    let missing = folder.path().join("missing");
    let all = Selection::all();
    let error = config::plan(&tenant, NOBODY, &missing, &all, Undeclared::Delete, &|_| Ok(None)).await.unwrap_err();
    assert!(error.to_string().ends_with("missing is not a folder"), "{error}");
    assert_eq!(error.exit, Exit::Usage);
}

#[tokio::test]
async fn objects_that_lack_what_the_server_requires_in_them_are_reported() {
    let found = problems(&[
        ("hooks.yaml", "- name: a\n  events: [User.Created]\n  config: {}\n"),
        ("sign-in-experience.yaml", "color:\n  primaryColor: '#fff'\nsignIn:\n  methods:\n  - identifier: username\n"),
    ])
    .await;
    for expected in [
        "hooks.yaml:1: the new hook \"a\" requires `config.url`",
        "sign-in-experience.yaml:1: `color` requires `isDarkModeEnabled`",
        "sign-in-experience.yaml:3: `signIn.methods` requires `password`",
    ] {
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
}

#[tokio::test]
async fn email_templates_and_phrases_are_checked_before_anything_changes() {
    let mut found = problems(&[
        ("email-templates/en.yaml", "languageTag: en\ntemplateType: SignIn\ndetails:\n  subject: Code\n"),
        (
            "custom-phrases/de.yaml",
            "languageTag: de\ntranslation:\n  action:\n    sign_inn: Anmelden\n    continue: 1\n  input: Eingabe\n  nothing: {}\n",
        ),
    ])
    .await;
    found.sort();
    assert_eq!(
        found,
        [
            "custom-phrases/de.yaml:4: unknown key `sign_inn`; did you mean `sign_in`?",
            "custom-phrases/de.yaml:5: `translation.action.continue` must be a text",
            "custom-phrases/de.yaml:6: `translation.input` must be an object",
            "custom-phrases/de.yaml:7: unknown key `nothing`",
            "email-templates/en.yaml:3: `details` requires `content`",
        ]
    );
}

#[tokio::test]
async fn integers_that_would_be_rounded_are_reported() {
    let text = "- name: Web shop\n  type: SPA\n  customData:\n    id: 12345678901234567890123\n    other: 99999999999999999999\n  \
                typo: 1\n";
    let roles = "- name: clerk\n  description: 1\n";
    // Quotes do not make an integer of it.
    let resources = "- indicator: https://a.example\n  name: A\n  accessTokenTtl: 36000000000000000000000\n";
    let files = [("applications.yaml", text), ("roles.yaml", roles), ("resources.yaml", resources)];
    let mut found = problems(&files).await;
    found.sort();
    let rounded = "the integer has more than 64 bits; write it in quotes";
    let expected = [
        format!("applications.yaml:4: {rounded}"),
        format!("applications.yaml:5: {rounded}"),
        "applications.yaml:6: unknown key `typo`; did you mean `type`?".to_owned(),
        "resources.yaml:3: `accessTokenTtl` must be an integer".to_owned(),
        "roles.yaml:2: `description` must be a text; write it in quotes".to_owned(),
    ];
    assert_eq!(found, expected);
    // A message about something else on the same line does not replace it, even with the same words.
    let text = "- { name: a, type: SPA, '` must be ': 1, customData: { id: 12345678901234567890123 } }\n";
    let found = problems(&[("applications.yaml", text)]).await;
    assert_eq!(found.last(), Some(&format!("applications.yaml:1: {rounded}")), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}
