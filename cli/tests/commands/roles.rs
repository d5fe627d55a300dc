use serde_json::json;

use crate::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_created_with_scopes_by_name_and_assigned_to_those_who_exist() {
    let program = Program::new().await;
    for (name, scopes) in [("orders", &["read", "write"][..]), ("bills", &["read"])] {
        let (name, indicator) = (format!("name={name}"), format!("indicator=https://{name}.example.com"));
        let resource = program.run(&["api", "CreateResource", "--set", &name, "--set", &indicator]).await.done().json();
        let path = format!("resourceId={}", resource["id"].as_str().unwrap());
        for scope in scopes {
            let scope = format!("name={scope}");
            program.run(&["api", "CreateResourceScope", "--path", &path, "--set", &scope]).await.done();
        }
    }
    let create = ["roles", "create", "staff", "--scope"];
    for (scope, code, expected) in
        [("read", 2, "--scope 'https://"), ("delete", 1, "no API resource has the scope `delete`")]
    {
        let refused = program.run(&[&create[..], &[scope]].concat()).await;
        assert!(refused.code == code && refused.err.contains(expected), "{refused:?}");
    }
    let more = ["write", "--scope", "https://bills.example.com read"];
    let created = program.run(&[&create[..], &more].concat()).await.done().json();
    assert_eq!(created["type"], "User");
    let path = format!("id={}", created["id"].as_str().unwrap());
    let scopes = program.run(&["api", "ListRoleScopes", "--path", &path]).await.done().json();
    assert_eq!(scopes.as_array().unwrap().len(), 2);
    let machine = program.run(&["roles", "create", "bots", "--type", "machinetomachine"]).await.done().json();
    assert_eq!(machine["type"], "MachineToMachine");
    program.run(&["users", "create", "--username", "ada"]).await.done();
    let partly = program.run(&["roles", "assign", "staff", "grcae", "ada"]).await;
    assert!(partly.code == 4 && partly.err.contains("assigned staff to ada"), "{partly:?}");
    assert_eq!(program.run(&["roles", "assign", "staff", "grcae", "alna"]).await.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_role_with_a_scope_of_the_management_api_is_not_created() {
    let program = Program::new().await;
    let create = ["roles", "create", "admins", "--scope", "all"];
    let refused = program.run(&create).await;
    let expected = "error: a role of type `User` cannot have the scope `all` of the Management API\nhint: pass `--type \
                    MachineToMachine`, or leave out the scope\n";
    assert_eq!((refused.code, refused.err.as_str()), (2, expected));
    let created = async || {
        let roles = program.run(&["roles", "list"]).await.done().json();
        roles.as_array().unwrap().iter().filter(|role| role["name"] == "admins").count()
    };
    assert_eq!(created().await, 0);
    program.run(&[&create[..], &["--type", "MachineToMachine"]].concat()).await.done();
    assert_eq!(created().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_added_and_roles_assigned_to_those_who_exist() {
    let program = Program::new().await;
    for name in ["ada", "alan"] {
        program.run(&["users", "create", "--username", name]).await.done();
    }
    program.run(&["organizations", "create", "Acme"]).await.done();
    program.run(&["api", "CreateOrganizationRole", "--set", "name=editor"]).await.done();
    program.run(&["api", "CreateRole", "--set", "name=staff", "--set", "description=all"]).await.done();
    let unknown = |who: &str| format!("error: no user has the id, email address, phone number or username `{who}`\n");
    for (command, done) in [
        (&["roles", "assign", "staff"][..], ["assigned staff to ada\n", "assigned staff to alan\n"].concat()),
        (&["organizations", "add-member", "Acme"], ["added ada to Acme\n", "added alan to Acme\n"].concat()),
    ] {
        let partly = program.run(&[command, &["grcae", "ada", "alan", "ada"]].concat()).await;
        assert_eq!((partly.code, partly.err), (4, unknown("grcae") + &done), "{command:?}");
        let failed = program.run(&[command, &["grcae", "alna"]].concat()).await;
        assert_eq!((failed.code, failed.err), (1, unknown("grcae") + &unknown("alna")), "{command:?}");
    }
    program.run(&["organizations", "add-member", "Acme", "alan", "--role", "editor"]).await.done();
    let members = program.run(&["organizations", "members", "Acme"]).await.done().json();
    let roles = |name: &str| {
        let member = members.as_array().unwrap().iter().find(|member| member["username"] == name);
        member.unwrap()["roles"].clone()
    };
    assert_eq!((roles("ada"), roles("alan")), (json!([]), json!(["editor"])));
}
