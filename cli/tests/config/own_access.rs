//! The access of the application that runs the command.

use logto_admin::Client;
use logto_admin_cli::config::{self, Plan, Selection, Undeclared};
use logto_admin_cli::failure::Result;
use logto_admin_emulator::Emulator;
use serde_json::{Value, json};

use crate::folder::{Folder, unmanaged, written};
use crate::tenants::{call, list};

/// A tenant with the application "Runner". The application has access by the role "mine" only.
struct Own {
    tenant: Client,
    id: String,
}

impl Own {
    async fn new() -> Self {
        let tenant = Emulator::new().client().unwrap();
        let apis = list(&tenant, "ListResources").await;
        let api = apis.iter().find(|api| text(api, "indicator").ends_with("/api")).unwrap();
        let scopes =
            tenant.operation("ListResourceScopes").unwrap().path("resourceId", &text(api, "id")).await.unwrap();
        let role =
            json!({ "name": "mine", "description": "Runs", "type": "MachineToMachine", "scopeIds": [scopes[0]["id"]] });
        let role = call(&tenant, "CreateRole", &[], role).await;
        let own = json!({ "name": "Runner", "type": "MachineToMachine" });
        let id = text(&call(&tenant, "CreateApplication", &[], own).await, "id");
        let roles = json!({ "roleIds": [role["id"]] });
        call(&tenant, "ReplaceApplicationRoles", &[("applicationId", &id)], roles).await;
        Self { tenant, id }
    }

    async fn plan(&self, folder: &Folder, undeclared: Undeclared) -> Result<Plan> {
        config::plan(&self.tenant, &self.id, folder.path(), &Selection::all(), undeclared, &|_| Ok(None)).await
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pruning_deletes_neither_the_application_nor_the_role_that_lets_it_in() {
    let own = Own::new().await;
    call(&own.tenant, "CreateApplication", &[], json!({ "name": "Other", "type": "Traditional" })).await;
    let spare = json!({ "name": "spare", "description": "Nobody has it", "type": "MachineToMachine" });
    call(&own.tenant, "CreateRole", &[], spare).await;
    for (files, expected) in [
        // The applications need not be selected.
        (&[("roles.yaml", "[]\n")][..], &["role \"spare\""][..]),
        (&[("applications.yaml", "[]\n"), ("roles.yaml", "[]\n")], &["application \"Other\"", "role \"spare\""]),
    ] {
        let folder = Folder::with(files);
        let kinds: Vec<&str> = files.iter().map(|(name, _)| name.trim_end_matches(".yaml")).collect();
        let selection = Selection::new(&kinds, &[]).unwrap();
        let plan = config::plan(&own.tenant, &own.id, folder.path(), &selection, Undeclared::Delete, &|_| Ok(None))
            .await
            .unwrap();
        let deleted: Vec<String> = plan.changes().iter().map(ToString::to_string).collect();
        assert_eq!(deleted, expected);
        let message = "the role \"mine\" is not deleted: the application that runs this command needs it";
        assert!(unmanaged(&plan).contains(&(message, true)), "{:?}", plan.unmanaged());
        let runner = "the application \"Runner\" is not deleted: it runs this command".to_owned();
        assert_eq!(plan.warnings().contains(&runner), kinds.contains(&"applications"));
    }
}

#[tokio::test]
async fn pruning_deletes_no_application_that_can_call_the_management_api() {
    let own = Own::new().await;
    let folder = Folder::with(&[("applications.yaml", "[]\n")]);
    // Somebody else runs the command.
    let selection = Selection::new(&["applications"], &[]).unwrap();
    let plan =
        config::plan(&own.tenant, "", folder.path(), &selection, Undeclared::Delete, &|_| Ok(None)).await.unwrap();
    assert!(plan.is_empty(), "{}", written(&plan));
    let message = "the application \"Runner\" is not deleted: it can call the Management API";
    assert!(unmanaged(&plan).contains(&(message, true)), "{:?}", plan.unmanaged());
}

#[tokio::test]
async fn a_plan_counts_the_other_applications_with_access_that_no_file_has() {
    let own = Own::new().await;
    let folder = Folder::with(&[("applications.yaml", "[]\n"), ("roles.yaml", "[]\n")]);
    let pruning = own.plan(&folder, Undeclared::Delete).await.unwrap();
    // Pruning shows what a plan counts: the application of the emulator, and the role of the one that runs the command.
    let shown = pruning.unmanaged().iter().filter(|unmanaged| unmanaged.is_difference).count();
    assert_eq!((pruning.changes().len(), shown), (0, 2), "{:?}", pruning.unmanaged());
    let plan = own.plan(&folder, Undeclared::Keep).await.unwrap();
    assert_eq!((plan.undeclared(), plan.has_differences(), plan.warnings().len()), (2, false, 0), "{plan:?}");
}

#[tokio::test]
async fn the_application_keeps_a_role_that_lets_it_in() {
    let own = Own::new().await;
    let file = |roles: &str| format!("- name: Runner\n  description: Runs\n  roles: {roles}\n");
    for refused in ["[]", "[Logto Management API access]"] {
        let folder = Folder::with(&[("applications.yaml", &file(refused))]);
        let error = folder.short(own.plan(&folder, Undeclared::Keep).await.unwrap_err());
        let expected = "applications.yaml:3: `roles` of the application \"Runner\" must contain \"mine\": it runs this \
                        command, and would lose its access";
        assert_eq!(error, expected);
    }
    let folder = Folder::with(&[("applications.yaml", &file("[Logto Management API access, mine]"))]);
    assert_eq!(own.plan(&folder, Undeclared::Keep).await.unwrap().changes()[0].changed(), ["description", "roles"]);
    // Other applications can lose their roles.
    let folder = Folder::with(&[("applications.yaml", "- name: Emulator application\n  roles: []\n")]);
    assert_eq!(own.plan(&folder, Undeclared::Keep).await.unwrap().changes().len(), 1);
}

#[tokio::test]
async fn the_role_that_lets_the_application_in_keeps_its_scopes() {
    let own = Own::new().await;
    let file = |scopes: &str| format!("- name: mine\n  description: Changed\n  scopes: {scopes}\n");
    let folder = Folder::with(&[("roles.yaml", &file("{}"))]);
    let error = folder.short(own.plan(&folder, Undeclared::Keep).await.unwrap_err());
    let expected = "roles.yaml:3: `scopes` of the role \"mine\" must keep those of `management-api`: the application that \
                    runs this command needs them";
    assert_eq!(error, expected);
    let folder = Folder::with(&[("roles.yaml", &file("{ management-api: [all] }"))]);
    assert_eq!(own.plan(&folder, Undeclared::Keep).await.unwrap().changes()[0].changed(), ["description"]);
}

#[tokio::test]
async fn an_export_leaves_the_application_out() {
    let own = Own::new().await;
    let folder = Folder::new();
    let exported = config::export(&own.tenant, &own.id, folder.path(), &Selection::all(), false).await.unwrap();
    assert_eq!(exported.warnings, ["the application \"Runner\" is left out: it runs this command"]);
    let applications = folder.get("applications.yaml");
    assert!(!applications.contains("Runner") && applications.contains("Emulator application"), "{applications}");
    for undeclared in [Undeclared::Keep, Undeclared::Delete] {
        let plan = own.plan(&folder, undeclared).await.unwrap();
        assert!(!plan.has_differences() && plan.undeclared() == 0, "{}", written(&plan));
    }
}

#[tokio::test]
async fn an_application_of_another_tenant_can_run_the_command() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[("roles.yaml", "[]\n")]);
    let own = Own { tenant, id: "elsewhere".to_owned() };
    assert!(own.plan(&folder, Undeclared::Delete).await.unwrap().is_empty());
}
