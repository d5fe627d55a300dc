//! The text of YAML and of tables, as a whole.

use logto_admin::serde_json::json;

use crate::program::Program;

/// The program with a role, whose members are the same in every run but for the id.
async fn with_role() -> (Program, String) {
    let program = Program::new().await;
    let create = ["api", "CreateRole", "--body", r#"{ "name": "yes", "description": "A: \"b\"\n- c" }"#];
    let id = program.run(&create).await.done().json()["id"].as_str().unwrap().to_owned();
    (program, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn yaml_quotes_what_would_be_something_else() {
    let (program, id) = with_role().await;
    let shown = program.run(&["api", "GetRole", "--path", &format!("id={id}"), "-o", "yaml"]).await.done();
    let expected = format!(
        "tenantId: default\nid: {id}\nname: \"yes\"\ndescription: |-\n  A: \"b\"\n  - c\ntype: User\nisDefault: false\n"
    );
    let mut lines = [shown.out.lines().collect::<Vec<_>>(), expected.lines().collect()];
    lines.iter_mut().for_each(|lines| lines.sort_unstable());
    assert_eq!(lines[0], lines[1], "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_same_data() {
    let (program, id) = with_role().await;
    let list = async |format: &str| program.run(&["roles", "list", "-o", format]).await.done().out;
    let json: logto_admin::serde_json::Value = logto_admin::serde_json::from_str(&list("json").await).unwrap();
    let role = json.as_array().unwrap().iter().find(|role| role["id"] == *id).unwrap();
    assert_eq!((&role["name"], &role["description"]), (&json!("yes"), &json!("A: \"b\"\n- c")));
    assert_eq!(list("ndjson").await.lines().count(), json.as_array().unwrap().len());
    let yaml: logto_admin::serde_json::Value = serde_saphyr::from_str(&list("yaml").await).unwrap();
    assert_eq!(yaml, json);
}
