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
