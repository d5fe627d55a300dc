use std::fs;

use logto_admin_emulator::{Emulator, Service};
use serde_json::{Value, json};

use crate::program::{Program, ended};
use crate::scripted_server::answering;

async fn tenant() -> Program {
    let program = Program::new().await;
    program
        .run(&["apps", "create", "Shop", "--type", "SPA", "--redirect-uri", "https://shop.example/callback"])
        .await
        .done();
    program.run(&["api", "CreateRole", "--set", "name=staff", "--set", "description=Everybody"]).await.done();
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_moves_to_another_tenant() {
    let (one, other) = (tenant().await, Program::new().await);
    let folder = one.path("config");
    let kinds = ["--only", "applications,roles"];
    let export = one.run(&[&["config", "export", &folder], &kinds[..]].concat()).await.done();
    let left_out = "warning: the application \"Emulator application\" is left out: it runs this command";
    assert!(export.err.contains(left_out), "{export:?}");
    let plan = other.run(&[&["config", "plan", &folder], &kinds[..]].concat()).await;
    assert_eq!(plan.code, 3, "{plan:?}");
    assert!(plan.out.contains("Shop") && plan.out.contains("staff"), "{plan:?}");
    let unconfirmed = other.run(&[&["config", "apply", &folder], &kinds[..]].concat()).await;
    assert!(unconfirmed.code == 2 && unconfirmed.err.contains("--yes"), "{unconfirmed:?}");
    other.run(&[&["config", "apply", &folder, "--yes"], &kinds[..]].concat()).await.done();
    let again = other.run(&[&["config", "plan", &folder], &kinds[..]].concat()).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert!(other.run(&["apps", "list"]).await.done().out.contains("Shop"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entity_with_another_name_is_another_entity() {
    let program = tenant().await;
    program.run(&["users", "create", "--username", "ada"]).await.done();
    program.run(&["roles", "assign", "staff", "ada"]).await.done();
    let folder = program.path("config");
    let kinds = ["--only", "applications,roles"];
    program.run(&[&["config", "export", &folder], &kinds[..]].concat()).await.done();
    for (file, old, new) in [("applications", "name: Shop", "name: Store"), ("roles", "name: staff", "name: crew")] {
        let path = format!("{folder}/{file}.yaml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{text}");
        fs::write(&path, text.replace(old, new)).unwrap();
    }
    let ids = async |name: &str| {
        let listed = program.run(&["apps", "list"]).await.done().json();
        let named = listed.as_array().unwrap().iter().filter(|application| application["name"] == name);
        named.map(|application| application["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let old = ids("Shop").await;
    let apply = [&["config", "apply", &folder, "--yes"], &kinds[..]].concat();
    program.run(&apply).await.done();
    // Both are there until the old ones are pruned.
    assert_eq!((ids("Shop").await, ids("Store").await.len()), (old.clone(), 1));
    program.run(&[&apply[..], &["--prune"]].concat()).await.done();
    let new = ids("Store").await;
    assert!(ids("Shop").await.is_empty() && new.len() == 1 && new != old);
    assert_eq!(program.run(&["roles", "users", "crew"]).await.done().json(), serde_json::json!([]));
    assert_eq!(program.run(&["roles", "users", "staff"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_and_what_was_applied_can_be_json() {
    let program = tenant().await;
    let folder = program.path("config");
    fs::create_dir(&folder).unwrap();
    let text = "- name: staff\n  description: New\n- name: ${env:ROLE}\n  description: Another\n";
    fs::write(format!("{folder}/roles.yaml"), text).unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = program.command(arguments);
        command.env("ROLE", "confidential-role");
        ended(command, "").await
    };
    let plan = run(&["config", "plan", &folder, "-o", "json"]).await;
    assert_eq!(plan.code, 3, "{plan:?}");
    let update = json!({
        "kind": "role", "file": "roles", "key": ["staff"], "action": "update", "changed": ["description"],
        "before": { "description": "Everybody" }, "after": { "description": "New" },
    });
    let create = json!({
        "kind": "role", "file": "roles", "key": ["${env:ROLE}"], "action": "create", "changed": ["description", "name"],
        "before": {}, "after": { "name": "${env:ROLE}", "description": "Another" },
    });
    assert_eq!(plan.json(), json!([update, create]));
    let applied = run(&["config", "apply", &folder, "-o", "json", "--yes"]).await.done();
    assert_eq!((&applied.json()[0]["outcome"], &applied.json()[1]["outcome"]), (&json!("done"), &json!("done")));
    assert!(!applied.err.contains("to create") && !applied.err.contains("Everybody"), "a diff: {applied:?}");
    assert!(applied.err.contains("create role \"${env:ROLE}\": done"), "{applied:?}");
    let diff = run(&["config", "plan", &folder]).await.done();
    let again = run(&["config", "apply", &folder, "-o", "json", "--yes"]).await.done();
    assert_eq!(again.json(), json!([]));
    for ended in [plan, applied, diff] {
        assert!(!ended.out.contains("confidential-role") && !ended.err.contains("confidential-role"), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_apply_as_json_has_the_outcome_of_every_change() {
    let (url, server) = answering(|request| {
        let request = String::from_utf8_lossy(request);
        let (status, body) = match request.split(['?', ' ']).nth(1) {
            Some("/oidc/token") => {
                ("200 OK", json!({ "access_token": "t", "expires_in": 3600, "token_type": "Bearer" }))
            }
            Some("/api/swagger.json") => ("200 OK", json!({ "paths": { "/api/roles": { "get": {} } } })),
            _ if request.starts_with("GET ") => ("200 OK", json!([])),
            _ if request.contains("\"two\"") => ("422 Unprocessable Entity", json!({ "code": "role.invalid" })),
            _ => ("200 OK", json!({ "id": "1", "name": "one", "description": "x" })),
        };
        let (body, head) = (body.to_string(), "content-type: application/json\r\nconnection: close");
        format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    })
    .await;
    let program = Program::new().await;
    fs::create_dir(program.path("config")).unwrap();
    let role = |name: &str| format!("- name: {name}\n  description: x\n");
    program.file("config/roles.yaml", &["one", "two", "zero"].map(role).concat());
    let apply = ["config", "apply", "config", "--only", "roles", "--yes", "-o", "json", "--endpoint", &url];
    let failed = program.run(&apply).await;
    server.abort();
    let changes = failed.json();
    let outcomes: Vec<_> = changes.as_array().unwrap().iter().map(|change| change["outcome"].as_str()).collect();
    assert_eq!((failed.code, outcomes), (4, ["done", "failed", "open"].map(Some).to_vec()), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_file_is_an_error_with_its_line() {
    let program = tenant().await;
    let folder = program.path("config");
    program.run(&["config", "export", &folder, "--only", "roles"]).await.done();
    let file = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).find(|path| path.is_file()).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("description:", "descriptoin:", 1)).unwrap();
    let plan = program.run(&["config", "plan", &folder, "--only", "roles"]).await;
    assert!(plan.code == 2 && plan.err.contains("`description`"), "{plan:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_mentions_what_only_the_tenant_has() {
    let program = tenant().await;
    let folder = program.path("config");
    program.run(&["config", "export", &folder]).await.done();
    assert!(!program.run(&["config", "plan", &folder]).await.done().err.contains("not declared"));
    program.run(&["apps", "create", "Extra", "--type", "SPA"]).await.done();
    let plan = program.run(&["config", "plan", &folder]).await.done();
    let note =
        "note: not declared in the files: 1 entity of the tenant; `apply` leaves it alone, unless `--prune` is set";
    assert!(plan.err.contains(note) && plan.out == "No differences\n", "{plan:?}");
    let data = program.run(&["config", "plan", &folder, "-o", "json"]).await.done();
    assert_eq!(data.json(), json!([]));
    let pruning = program.run(&["config", "plan", &folder, "--prune", "-o", "json"]).await;
    let deletion = &pruning.json()[0];
    assert_eq!((pruning.code, &deletion["before"]["name"], &deletion["after"]), (3, &json!("Extra"), &json!({})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_as_json_has_the_reason_of_every_difference_that_stays() {
    let program = tenant().await;
    let other = program.run(&["apps", "create", "Other", "--type", "MachineToMachine"]).await.done().json();
    let (client, text) = (program.client(), |value: &Value| value["id"].as_str().unwrap().to_owned());
    let roles = client.operation("ListRoles").unwrap().await.unwrap();
    let access = roles.as_array().unwrap().iter().find(|role| role["name"] == "Logto Management API access").unwrap();
    let assign = client.operation("AssignApplicationRoles").unwrap().path("applicationId", &text(&other));
    assign.json(&json!({ "roleIds": [text(access)] })).await.unwrap();
    fs::create_dir(program.path("config")).unwrap();
    program.file("config/applications.yaml", "- name: Shop\n");
    let plan = program.run(&["config", "plan", "config", "--prune", "-o", "json"]).await;
    let kept = json!({
        "kind": "application", "file": "applications", "key": ["Other"], "action": "keep", "changed": [], "before": {},
        "after": {}, "reason": "it can call the Management API",
    });
    assert_eq!((plan.code, plan.json()), (3, json!([kept])));
    let apply = program.run(&["config", "apply", "config", "--prune", "--yes", "-o", "json"]).await.done();
    assert_eq!(apply.json(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_that_runs_the_command_is_not_deleted() {
    let program = tenant().await;
    let created = program.run(&["apps", "create", "Runner", "--type", "MachineToMachine"]).await.done().json();
    let folder = program.path("config");
    fs::create_dir(&folder).unwrap();
    fs::write(format!("{folder}/applications.yaml"), "- name: Shop\n").unwrap();
    let deleted = program.run(&["config", "plan", &folder, "--prune"]).await;
    assert!(deleted.code == 3 && deleted.out.contains("- application \"Runner\""), "{deleted:?}");
    // A role of another name permits it to call the Management API.
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let resources = program.run(&["api", "ListResources"]).await.done().json();
    let api =
        resources.as_array().unwrap().iter().find(|api| text(api, "indicator").ends_with("/api")).unwrap().clone();
    let path = format!("resourceId={}", text(&api, "id"));
    let scopes = program.run(&["api", "ListResourceScopes", "--path", &path]).await.done();
    let scope = text(&scopes.json()[0], "id");
    let role = json!({ "name": "mine", "description": "x", "type": "MachineToMachine", "scopeIds": [scope] });
    let role = program.run(&["api", "CreateRole", "--body", &role.to_string()]).await.done().json();
    let assign = json!({ "roleIds": [role["id"]] }).to_string();
    let path = format!("applicationId={}", text(&created, "id"));
    program.run(&["api", "AssignApplicationRoles", "--path", &path, "--body", &assign]).await.done();
    let (id, secret) = (text(&created, "id"), text(&created, "secret"));
    let connection = ["--app-id", &id, "--app-secret", &secret];
    fs::write(format!("{folder}/roles.yaml"), "- name: staff\n").unwrap();
    let plan = program.run(&[&["config", "plan", &folder, "--prune"], &connection[..]].concat()).await;
    // The application of the emulator is not in the files either, and can call the Management API.
    assert_eq!(plan.code, 3, "{plan:?}");
    assert!(plan.err.contains("the application \"Runner\" is not deleted: it runs this command"), "{plan:?}");
    assert!(!plan.out.contains("- role") && plan.err.contains("the role \"mine\" is not deleted"), "{plan:?}");
    fs::write(format!("{folder}/applications.yaml"), "- name: Runner\n  roles: []\n").unwrap();
    let apply = program.run(&[&["config", "apply", &folder, "--yes"], &connection[..]].concat()).await;
    assert!(apply.code == 2 && apply.err.contains("must contain \"mine\""), "{apply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_set_to_nothing_keeps_the_present_value() {
    let program = Program::new().await;
    let headers = r#"{ "name": "Audit", "events": ["User.Created"], "config": { "url": "https://a.example", "headers": { "X-Key": "s3cret" } } }"#;
    program.run(&["api", "CreateHook", "--body", headers]).await.done();
    program.run(&["config", "export", "config", "--only", "hooks"]).await.done();
    let mut plan = program.command(&["config", "plan", "config"]);
    plan.env("HOOK_AUDIT_HEADERS_X_KEY", "");
    let plan = ended(plan, "").await.done();
    assert!(plan.err.contains("is not set; the present value is kept"), "{plan:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_of_a_file_that_is_not_utf_8_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    let program = tenant().await;
    let folder = program.path("config");
    fs::create_dir(&folder).unwrap();
    fs::write(format!("{folder}/roles.yaml"), "- name: staff\n  description: ${env:TEXT}\n").unwrap();
    let mut plan = program.command(&["config", "plan", "config"]);
    plan.env("TEXT", std::ffi::OsStr::from_bytes(b"\xff"));
    let refused = ended(plan, "").await;
    let expected = "error: config/roles.yaml:2: the value of the environment variable TEXT is not valid UTF-8\n";
    assert_eq!((refused.code, refused.err.as_str()), (2, expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pruning_leaves_is_shown_also_when_quiet() {
    let emulator = Emulator::builder().service(Service::ProtectedApps).build();
    let program = Program::with(emulator).await;
    let folder = program.path("config");
    program.run(&["config", "export", &folder]).await.done();
    let hook = json!({ "events": ["User.Created"], "config": { "url": "https://a.example" } });
    let acs =
        json!({ "binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "https://sp.example.com/acs" });
    let saml = json!({ "name": "Payroll", "entityId": "https://sp.example.com", "acsUrl": acs });
    let metadata = json!({ "subDomain": "gate", "origin": "https://a.example" });
    let protected = json!({ "name": "Gate", "type": "Protected", "protectedAppMetadata": metadata });
    let bodies = [("CreateHook", hook), ("CreateSamlApplication", saml), ("CreateApplication", protected)];
    for (operation, body) in bodies {
        program.run(&["api", operation, "--body", &body.to_string()]).await.done();
    }
    let plan = program.run(&["config", "plan", &folder, "--prune", "--quiet"]).await.done();
    for (what, why) in [
        ("the hook ", "it has no name"),
        ("the application \"Payroll\" ", "SAML applications are not part of the configuration"),
        ("the application \"Gate\" ", "protected applications are not part of the configuration"),
    ] {
        let is_left = |line: &str| line.starts_with(&format!("warning: {what}")) && line.contains(why);
        assert!(plan.err.lines().any(is_left), "{what}: {plan:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_asks_before_it_replaces_other_content() {
    let program = tenant().await;
    let export = ["config", "export", "config", "--only", "roles"];
    program.run(&export).await.done();
    // The same content needs no confirmation.
    program.run(&export).await.done();
    let file = program.folder.join("config/roles.yaml");
    let edited = fs::read_to_string(&file).unwrap() + "# edited\n";
    fs::write(&file, &edited).unwrap();
    let refused = program.run(&export).await;
    assert!(refused.code == 2 && refused.err.contains("roles.yaml") && refused.err.contains("--yes"), "{refused:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    program.run(&[&export[..], &["--yes"]].concat()).await.done();
    assert_ne!(fs::read_to_string(&file).unwrap(), edited);
}
