//! Differences: drift, new and deleted entities, and what is left alone.

use logto_admin::Client;
use logto_admin::transport::{HttpTransport, Method};
use logto_admin_cli::config::{self, Selection, Undeclared};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::ScriptedTransport;
use serde_json::json;

use crate::folder::{Folder, NOBODY, apply, apply_all, export, plan, prune, unmanaged, written};
use crate::tenants::{call, fill, list, names};

#[tokio::test]
async fn drift_is_shown_and_undone() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let role = list(&tenant, "ListRoles").await.into_iter().find(|role| role["name"] == "clerk").unwrap();
    let id = role["id"].as_str().unwrap();
    call(&tenant, "UpdateRole", &[("id", id)], json!({ "description": "Changed by hand", "isDefault": true })).await;
    let scopes = tenant.operation("ListRoleScopes").unwrap().path("id", id).await.unwrap();
    let scope = scopes.as_array().unwrap().iter().find(|scope| scope["name"] == "read:orders").unwrap();
    let remove =
        tenant.operation("DeleteRoleScope").unwrap().path("id", id).path("scopeId", scope["id"].as_str().unwrap());
    remove.await.unwrap();

    let found = plan(&tenant, &folder).await.unwrap();
    let expected = "\
~ role \"clerk\"
  -   description: Changed by hand
  -   isDefault: true
  +   description: Handles orders
  +   isDefault: false
      scopes:
        \"https://api.example.com\":
  +     - read:orders
        - write:orders

0 to create, 1 to update, 0 to delete
";
    assert_eq!(written(&found), expected);
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
}

#[tokio::test]
async fn a_plan_in_colour_has_the_same_text() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "- name: new\n  description: New\n")]);
    let plan = plan(&tenant, &folder).await.unwrap();
    let mut coloured = Vec::new();
    plan.write(&mut coloured, true).unwrap();
    let coloured = String::from_utf8(coloured).unwrap();
    assert!(coloured.contains("\u{1b}[32m"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), written(&plan));
}

#[tokio::test]
async fn members_that_a_file_does_not_mention_are_left_alone() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::with(&[("applications.yaml", "- name: Web shop\n  description: Shoes\n")]);
    apply_all(&tenant, &folder).await;
    let shop = list(&tenant, "ListApplications").await.into_iter().find(|app| app["name"] == "Web shop").unwrap();
    assert_eq!(shop["description"], "Shoes");
    assert_eq!(shop["customData"]["team"], "shop");
}

#[tokio::test]
async fn members_that_a_file_mentions_become_what_it_contains() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let file = "- name: Web shop\n  customClientMetadata:\n    idTokenTtl: 60\n  customData:\n    owner: me\n";
    let folder = Folder::with(&[("applications.yaml", file)]);
    let text = written(&plan(&tenant, &folder).await.unwrap());
    let removed = "  -     corsAllowedOrigins:\n  -     - https://shop.example.com\n  +     idTokenTtl: 60\n";
    assert!(text.contains(removed) && text.contains("  -     team: shop\n"), "{text}");
    apply_all(&tenant, &folder).await;
    let shop = list(&tenant, "ListApplications").await.into_iter().find(|app| app["name"] == "Web shop").unwrap();
    assert_eq!(shop["customClientMetadata"], json!({ "idTokenTtl": 60 }));
    assert_eq!(shop["customData"], json!({ "owner": "me" }));

    let file = |more: &str| {
        let uris = "redirectUris: [\"https://a.example/cb\"]";
        format!("- name: Web shop\n  oidcClientMetadata:\n    {uris}\n{more}")
    };
    let logout = "    backchannelLogoutUri: https://a.example/logout\n";
    let folder = Folder::with(&[("applications.yaml", &file(logout))]);
    apply_all(&tenant, &folder).await;
    folder.put("applications.yaml", &file(""));
    let text = written(&plan(&tenant, &folder).await.unwrap());
    assert!(text.contains("  -     backchannelLogoutUri: https://a.example/logout\n"), "{text}");
    apply_all(&tenant, &folder).await;
    let shop = list(&tenant, "ListApplications").await.into_iter().find(|app| app["name"] == "Web shop").unwrap();
    assert!(shop["oidcClientMetadata"].get("backchannelLogoutUri").is_none(), "{shop}");
}

#[tokio::test]
async fn empty_texts_that_the_server_stores_as_null_are_not_differences() {
    let tenant = Emulator::new().client().unwrap();
    let own = |url: &str| {
        format!("- name: Shop\n  type: SPA\n  signInExperience:\n    termsOfUseUrl: '{url}'\n    displayName: ''\n")
    };
    let shared = |url: &str| format!("termsOfUseUrl: '{url}'\nsupportEmail: ''\ncustomCss: ''\n");
    // `apply_all` checks that a second plan has no differences.
    for url in ["", "https://example.com/terms", ""] {
        let (own, shared) = (own(url), shared(url));
        let folder = Folder::with(&[("applications.yaml", &own), ("sign-in-experience.yaml", &shared)]);
        apply_all(&tenant, &folder).await;
        let experience = tenant.operation("GetSignInExp").unwrap().await.unwrap();
        assert_eq!(experience["termsOfUseUrl"].as_str().unwrap_or_default(), url);
    }
}

#[tokio::test]
async fn entities_are_created_before_those_that_refer_to_them() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[
        ("applications.yaml", "- name: Job\n  type: MachineToMachine\n  roles: [job, Logto Management API access]\n"),
        (
            "roles.yaml",
            "- name: job\n  description: Jobs\n  type: MachineToMachine\n  scopes:\n    https://a.example.com: [run]\n    management-api: [all]\n",
        ),
        ("resources.yaml", "- indicator: https://a.example.com\n  name: A\n  scopes:\n  - name: run\n"),
    ]);
    let plan = plan(&tenant, &folder).await.unwrap();
    let order: Vec<String> = plan.changes().iter().map(ToString::to_string).collect();
    assert_eq!(
        order,
        [
            "resource \"https://a.example.com\"",
            "scope \"https://a.example.com / run\"",
            "role \"job\"",
            "application \"Job\""
        ]
    );
    apply_all(&tenant, &folder).await;
}

#[tokio::test]
async fn nothing_is_deleted_without_prune() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::with(&[
        ("roles.yaml", "[]\n"),
        ("resources.yaml", "- indicator: https://api.example.com\n  scopes: []\n"),
    ]);
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn prune_deletes_what_the_files_do_not_declare_and_names_it() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    folder.put("hooks.yaml", "[]\n");
    folder.put("roles.yaml", "- name: clerk\n  scopes:\n    https://api.example.com: [read:orders]\n");
    folder.replace("resources.yaml", "  - name: write:orders\n    description: Permits to write:orders.\n", "");
    folder.put("organization-template.yaml", "roles: []\n");
    folder.replace("applications.yaml", "    - read:orders\n    - write:orders\n", "    - read:orders\n");
    folder.replace("applications.yaml", "- machine", "- clerk");
    folder.replace("applications.yaml", "  roles:\n  - clerk\n", "  roles: []\n");
    let pruning = prune(&tenant, &folder).await.unwrap();
    let deleted: Vec<String> = pruning
        .changes()
        .iter()
        .filter(|change| change.action() == config::Action::Delete)
        .map(ToString::to_string)
        .collect();
    let expected = [
        "hook \"Audit\"",
        "role \"machine\"",
        "organization role \"admin\"",
        "organization role \"viewer\"",
        "scope \"https://api.example.com / write:orders\"",
    ];
    let mut sorted = deleted.clone();
    sorted.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(sorted, wanted);
    assert_eq!(deleted.first().map(String::as_str), Some("hook \"Audit\""), "what depends on others goes first");
    apply(&tenant, &pruning).await.unwrap();
    assert!(prune(&tenant, &folder).await.unwrap().is_empty());
    assert_eq!(names(&tenant, "ListOrganizationScopes").await, ["invite:member"], "its section is missing");
}

#[tokio::test]
async fn a_missing_file_or_an_empty_folder_deletes_nothing() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::with(&[
        ("roles/.keep", ""),
        ("organization-template.yaml", "{}\n"),
        ("resources.yaml", "- indicator: https://api.example.com\n"),
    ]);
    let plan = prune(&tenant, &folder).await.unwrap();
    assert!(plan.is_empty() && !plan.has_differences(), "{}", written(&plan));
}

#[tokio::test]
async fn an_empty_file_is_a_mistake_and_deletes_nothing() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "# nothing\n"), ("organization-template.yaml", "roles:\n")]);
    let error = prune(&tenant, &folder).await.unwrap_err();
    let message = folder.short(error);
    assert!(message.contains("roles.yaml: the file is empty; write `[]` for an empty list"), "{message}");
    assert!(message.contains("organization-template.yaml:1: `roles` is empty"), "{message}");
}

#[tokio::test]
async fn built_in_entities_are_left_alone() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[
        ("resources.yaml", "- indicator: https://default.logto.app/api\n  name: Mine\n  scopes: []\n"),
        ("roles.yaml", "- name: Logto Management API access\n  description: Mine\n"),
        ("applications.yaml", "[]\n"),
    ]);
    let plan = prune(&tenant, &folder).await.unwrap();
    assert!(plan.is_empty(), "{}", written(&plan));
    let message = "the application \"Emulator application\" is not deleted: it can call the Management API";
    assert_eq!(unmanaged(&plan), [(message, true)]);
    assert!(plan.has_differences());
    assert_eq!(written(&plan), "0 to create, 0 to update, 0 to delete, 1 kept (see the warnings)\n");
    let kept = json!({
        "kind": "application", "file": "applications", "key": ["Emulator application"], "action": "keep", "changed": [],
        "before": {}, "after": {}, "reason": "it can call the Management API",
    });
    assert_eq!(plan.differences(), [kept]);
    let warnings: Vec<String> = plan.warnings().iter().map(|warning| folder.short(warning)).collect();
    assert_eq!(
        warnings,
        [
            "resources.yaml:1: the resource \"https://default.logto.app/api\" is built in and left alone",
            "roles.yaml:1: the role \"Logto Management API access\" is built in and left alone",
        ]
    );
}

#[tokio::test]
async fn only_and_exclude_select_kinds() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    let only = Selection::new(&["roles", "hooks"], &["hooks"]).unwrap();
    config::export(&tenant, NOBODY, folder.path(), &only, false).await.unwrap();
    assert_eq!(folder.names(), ["roles.yaml"]);
    folder.put("hooks.yaml", "invalid: [\n");
    let plan = config::plan(&tenant, NOBODY, folder.path(), &only, Undeclared::Delete, &|_| Ok(None)).await.unwrap();
    assert!(plan.is_empty());
}

#[tokio::test]
async fn lists_of_several_pages_are_read_to_their_end() {
    let tenant = Emulator::new().client().unwrap();
    for number in 0..205 {
        call(&tenant, "CreateRole", &[], json!({ "name": format!("role {number}"), "description": "One of many" }))
            .await;
    }
    let folder = Folder::new();
    let roles = Selection::new(&["roles"], &[]).unwrap();
    config::export(&tenant, NOBODY, folder.path(), &roles, false).await.unwrap();
    assert_eq!(folder.get("roles.yaml").matches("- name: role ").count(), 205);
}

#[tokio::test]
async fn what_is_deleted_with_its_owner_is_named() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::with(&[("resources.yaml", "[]\n")]);
    let pruning = prune(&tenant, &folder).await.unwrap();
    let expected = "\
- resource \"https://api.example.com\"
  -   with the scope \"read:orders\"
  -   with the scope \"write:orders\"

0 to create, 0 to update, 1 to delete
";
    assert_eq!(written(&pruning), expected);
}

#[tokio::test]
async fn consent_scopes_and_branding_of_an_application_change() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let file = "\
- name: Partner
  userScopes: [email, phone]
  organizationScopes: []
  resourceScopes:
    https://api.example.com: [write:orders]
  signInExperience:
    displayName: Friend
";
    let folder = Folder::with(&[("applications.yaml", file)]);
    let text = written(&plan(&tenant, &folder).await.unwrap());
    assert!(text.contains("  -   - profile\n") && text.contains("  +   - phone\n"), "{text}");
    assert!(text.contains("  -     displayName: Our partner\n  -     color:\n"), "{text}");
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    let partner = list(&tenant, "ListApplications").await.into_iter().find(|app| app["name"] == "Partner").unwrap();
    let path =
        |operation: &str| tenant.operation(operation).unwrap().path("applicationId", partner["id"].as_str().unwrap());
    let scopes = path("ListApplicationUserConsentScopes").await.unwrap();
    assert_eq!(scopes["userScopes"], json!(["email", "phone"]));
    assert_eq!(scopes["organizationScopes"], json!([]));
    assert_eq!(scopes["organizationResourceScopes"][0]["scopes"][0]["name"], "read:orders", "it is not mentioned");
    let look = path("GetApplicationSignInExperience").await.unwrap();
    assert_eq!((&look["displayName"], &look["color"]), (&json!("Friend"), &json!({})));
}

#[tokio::test]
async fn what_files_cannot_refer_to_is_left_out_and_never_deleted() {
    let tenant = Emulator::new().client().unwrap();
    let hook = json!({ "events": ["User.Created"], "config": { "url": "https://a.example" } });
    let nameless = call(&tenant, "CreateHook", &[], hook.clone()).await;
    for name in ["D", "E", "D"] {
        let mut named = hook.clone();
        named["name"] = name.into();
        call(&tenant, "CreateHook", &[], named).await;
    }
    let folder = Folder::new();
    let exported = config::export(&tenant, NOBODY, folder.path(), &Selection::default(), false).await.unwrap();
    let id = nameless["id"].as_str().unwrap();
    let expected = [
        format!("the hook \"{id}\" is left out: it has no name"),
        "the hooks \"D\" are left out: there are several with this name".to_owned(),
    ];
    assert_eq!(exported.warnings, expected);
    let pruning = prune(&tenant, &folder).await.unwrap();
    assert!(pruning.is_empty(), "{}", written(&pruning));
    for (warning, is_difference) in [
        (format!("the hook \"{id}\" is not deleted: it has no name"), false),
        // Somebody has made them: the files cannot.
        ("the hook \"D\" is not deleted: there are several with this name".to_owned(), true),
    ] {
        let expected = (warning.as_str(), is_difference);
        assert_eq!(unmanaged(&pruning).iter().filter(|given| **given == expected).count(), 1, "{pruning:?}");
    }
    let kept = json!({
        "kind": "hook", "file": "hooks", "key": ["D"], "action": "keep", "changed": [], "before": {}, "after": {},
        "reason": "there are several with this name",
    });
    assert!(pruning.has_differences());
    assert_eq!(pruning.differences(), [kept]);
    assert_eq!(plan(&tenant, &folder).await.unwrap().undeclared(), 1);
}

#[tokio::test]
async fn a_plan_shows_no_characters_that_terminals_interpret() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "- name: \"a\u{202e}b\"\n  description: \"c\u{202e}d\"\n")]);
    let text = written(&plan(&tenant, &folder).await.unwrap());
    assert!(!text.contains('\u{202e}') && text.contains("a\\u{202e}b") && text.contains("c\\u{202e}d"), "{text}");
}

#[tokio::test]
async fn an_application_can_have_redirect_uris_alone() {
    let tenant = Emulator::new().client().unwrap();
    let file = |uri: &str| format!("- name: Shop\n  type: SPA\n  oidcClientMetadata:\n    redirectUris: [\"{uri}\"]\n");
    let folder = Folder::with(&[("applications.yaml", &file("https://a.example/cb"))]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 1);
    folder.put("applications.yaml", &file("https://b.example/cb"));
    assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    let shop = list(&tenant, "ListApplications").await.into_iter().find(|application| application["name"] == "Shop");
    let expected = json!({ "redirectUris": ["https://b.example/cb"], "postLogoutRedirectUris": [] });
    assert_eq!(shop.unwrap()["oidcClientMetadata"], expected);
}

/// Returns a client of a server that does not replace the roles of an application. A server behaves like this if no
/// role is new.
fn keeping_roles(emulator: &Emulator) -> Client {
    let builder = Client::builder(emulator.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret());
    let emulator = emulator.clone();
    let transport = ScriptedTransport::new(move |request, options| {
        let emulator = emulator.clone();
        async move {
            let replaces = request.method == Method::Put && request.url.ends_with("/roles");
            let mut answer = emulator.send(request, &options).await?;
            if replaces {
                answer.status = 422;
                answer.body = json!({ "code": "entity.invalid_input", "message": "Invalid input." }).to_string().into();
            }
            Ok(answer)
        }
    });
    builder.transport(transport).build().unwrap()
}

#[tokio::test]
async fn an_application_can_lose_some_of_its_roles() {
    let tenant = keeping_roles(&Emulator::new());
    let role = |name: &str| format!("- name: {name}\n  description: Works\n  type: MachineToMachine\n");
    let file = |roles: &str| format!("- name: Job\n  type: MachineToMachine\n  roles: {roles}\n");
    let folder = Folder::with(&[("applications.yaml", &file("[a, b]")), ("roles.yaml", &(role("a") + &role("b")))]);
    assert_eq!(apply_all(&tenant, &folder).await.created, 3);
    for roles in ["[b]", "[a]", "[]"] {
        folder.put("applications.yaml", &file(roles));
        assert_eq!(apply_all(&tenant, &folder).await.updated, 1);
    }
}
