use std::fs;

use crate::program::Program;

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
    one.run(&[&["config", "export", &folder], &kinds[..]].concat()).await.done();
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
