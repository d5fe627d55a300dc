//! Request bodies.

use logto_admin::models::{CreateUser, UpdateUser};
use logto_admin::transport::HttpRequest;
use logto_admin::types::Upload;
use logto_admin::{ErrorKind, Patch};

use crate::stage::{Stage, header};

fn update(change: UpdateUser) -> HttpRequest {
    Stage::silent().client.users().update("u1", change).to_http().unwrap()
}

#[test]
fn json_is_sent_as_json() {
    let body = CreateUser { name: Some("Ünï \"x\"".into()), ..Default::default() };
    let request = Stage::silent().client.users().create(body).to_http().unwrap();
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(request.body.text(), r#"{"name":"Ünï \"x\""}"#);
}

#[test]
fn members_that_are_not_set_are_not_sent() {
    assert_eq!(update(UpdateUser::default()).body.text(), "{}");
}

#[test]
fn null_clears_a_member_and_a_value_sets_it() {
    let change = UpdateUser { name: Patch::Null, username: Patch::from("ada"), ..Default::default() };
    let sent: serde_json::Value = serde_json::from_slice(&update(change).body.bytes()).unwrap();
    assert_eq!(sent, serde_json::json!({ "name": null, "username": "ada" }));
}

#[test]
fn requests_without_a_body_have_no_content_type() {
    let request = Stage::silent().client.users().delete("u1").to_http().unwrap();
    assert!(request.body.is_empty() && header(&request, "content-type").is_none());
}

#[test]
fn forms_are_sent_url_encoded() {
    let stage = Stage::silent();
    let request = stage.client.operation("CreateSamlAuthn").unwrap().path("id", "app");
    let request = request.form(&serde_json::json!({ "SAMLRequest": "a b&c=d/ü", "RelayState": null, "n": 1 }));
    let request = request.to_http().unwrap();
    assert_eq!(header(&request, "content-type"), Some("application/x-www-form-urlencoded"));
    let text = request.body.text();
    let mut members: Vec<&str> = text.split('&').collect();
    members.sort_unstable();
    assert_eq!(members, ["SAMLRequest=a%20b%26c%3Dd%2F%C3%BC", "n=1"]);
}

#[test]
fn forms_only_accept_scalar_values() {
    let stage = Stage::silent();
    for body in [serde_json::json!({ "a": [1] }), serde_json::json!({ "a": {} }), serde_json::json!([1])] {
        let request = stage.client.operation("CreateSamlAuthn").unwrap().path("id", "app").form(&body);
        assert_eq!(request.to_http().unwrap_err().kind(), ErrorKind::Input, "{body}");
    }
}

#[test]
fn files_are_sent_unchanged_with_name_and_type() {
    let stage = Stage::silent();
    let file = Upload::new("ada's \"picture\".png", "image/png", vec![0x89, b'P', 0, 0xFF, b'\r', b'\n']);
    let request = stage.client.user_assets().upload(file).to_http().unwrap();
    let boundary = header(&request, "content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ada's %22picture%22.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    let expected = [head.as_bytes(), b"\x89P\0\xFF\r\n", format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    assert_eq!(request.body.bytes(), expected);
}

#[test]
fn files_can_contain_text_like_a_boundary() {
    let stage = Stage::silent();
    let plain = stage.client.user_assets().upload(Upload::new("a", "text/plain", "x")).to_http().unwrap();
    let boundary = header(&plain, "content-type").unwrap().rsplit('=').next().unwrap().to_owned();
    let content = format!("--{boundary}--\r\n");
    let tricky = stage.client.user_assets().upload(Upload::new("a", "text/plain", content)).to_http().unwrap();
    assert!(!header(&tricky, "content-type").unwrap().ends_with(&boundary));
}

#[test]
fn values_that_are_not_json_are_rejected() {
    let not_json = std::collections::HashMap::from([((1, 2), 3)]);
    let stage = Stage::silent();
    let request = stage.client.operation("CreateUser").unwrap().json(&not_json);
    let error = stage.run(request).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Input, Some("CreateUser")));
}
