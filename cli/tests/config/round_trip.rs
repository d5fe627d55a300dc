//! An export, applied to another tenant.

use logto_admin_cli::config::Action;
use logto_admin_emulator::Emulator;

use crate::folder::{Folder, apply, apply_all, export, plan, prune, written};
use crate::tenants::fill;

const VARIABLE: &str = "${env:HOOK_AUDIT_HEADERS_AUTHORIZATION}";

#[tokio::test]
async fn the_tenant_of_an_export_does_not_differ_from_it() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    for plan in [plan(&tenant, &folder).await.unwrap(), prune(&tenant, &folder).await.unwrap()] {
        assert!(plan.is_empty(), "{}", written(&plan));
        assert_eq!(written(&plan), "No differences\n");
    }
}

#[tokio::test]
async fn an_export_makes_an_empty_tenant_the_same() {
    let (tenant, empty) = (Emulator::new().client().unwrap(), Emulator::builder().seed(1).build().client().unwrap());
    fill(&tenant).await;
    let (folder, copy) = (Folder::new(), Folder::new());
    export(&tenant, &folder).await;
    folder.replace("hooks.yaml", VARIABLE, "Bearer hook-secret");

    let plan = plan(&empty, &folder).await.unwrap();
    assert_eq!(plan.count(Action::Update), 0, "{}", written(&plan));
    assert_eq!(plan.count(Action::Delete), 0);
    let applied = apply_all(&empty, &folder).await;
    assert_eq!(applied.created, plan.count(Action::Create));
    export(&empty, &copy).await;
    folder.replace("hooks.yaml", "Bearer hook-secret", VARIABLE);
    assert_eq!(copy.names(), folder.names());
    for name in folder.names() {
        assert_eq!(copy.get(&name), folder.get(&name), "{name}");
    }
}

#[tokio::test]
async fn files_are_pleasant_to_review() {
    let tenant = Emulator::new().client().unwrap();
    fill(&tenant).await;
    let folder = Folder::new();
    export(&tenant, &folder).await;
    let resources = "\
# Written by `logto-admin config export`

- indicator: https://api.example.com
  name: Orders
  accessTokenTtl: 600
  isDefault: true
  scopes:
  - name: read:orders
    description: Permits to read:orders.
  - name: write:orders
    description: Permits to write:orders.
";
    assert_eq!(folder.get("resources.yaml"), resources);
    let roles = "\
# Written by `logto-admin config export`

- name: clerk
  description: Handles orders
  type: User
  isDefault: false
  scopes:
    \"https://api.example.com\":
    - read:orders
    - write:orders
- name: machine
  description: Reads orders
  type: MachineToMachine
  isDefault: false
  scopes:
    \"https://api.example.com\":
    - read:orders
";
    assert_eq!(folder.get("roles.yaml"), roles);
    let template = "\
# Written by `logto-admin config export`

scopes:
- name: invite:member
  description: Invites

roles:
- name: admin
  description: null
  type: User
  scopes:
  - invite:member
  resourceScopes:
    \"https://api.example.com\":
    - write:orders
- name: viewer
  description: null
  type: User
  scopes: []
  resourceScopes: {}
";
    assert_eq!(folder.get("organization-template.yaml"), template);
    let hooks = "\
# Written by `logto-admin config export`

- name: Audit
  enabled: true
  events:
  - User.Created
  - User.Deleted
  config:
    url: https://audit.example.com
    headers:
      Authorization: ${env:HOOK_AUDIT_HEADERS_AUTHORIZATION}
";
    assert_eq!(folder.get("hooks.yaml"), hooks);
    let applications = folder.get("applications.yaml");
    assert!(applications.contains("description: |\n    Line 1\n    Line 2\n"), "{applications}");
    assert!(applications.contains("roles:\n  - machine\n"), "{applications}");
    assert!(!applications.contains("id:") && !applications.contains("createdAt"), "{applications}");
}

#[tokio::test]
async fn a_tenant_without_entities_has_files_with_empty_lists() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::new();
    export(&tenant, &folder).await;
    assert!(folder.get("roles.yaml").ends_with("\n\n[]\n"));
    assert!(folder.get("organization-template.yaml").ends_with("\n\nscopes: []\n\nroles: []\n"));
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
}

#[tokio::test]
async fn files_can_be_split_into_folders_and_contain_one_entity() {
    let tenant = Emulator::new().client().unwrap();
    let folder = Folder::with(&[
        ("roles/one.yaml", "name: one\ndescription: One\n"),
        ("roles/others.yml", "- name: two\n  description: Two\n- name: three\n  description: Three\n"),
        ("organization-template/scopes.yaml", "scopes:\n- name: a\n"),
        ("organization-template/roles.yaml", "roles:\n- name: b\n  scopes: [a]\n"),
        ("README.md", "not configuration"),
    ]);
    let applied = apply(&tenant, &plan(&tenant, &folder).await.unwrap()).await.unwrap();
    assert_eq!(applied.created, 5);
    assert!(plan(&tenant, &folder).await.unwrap().is_empty());
}
