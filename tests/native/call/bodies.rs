//! What requests carry.

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
fn what_is_not_set_is_not_sent() {
    assert_eq!(update(UpdateUser::default()).body.text(), "{}");
}

#[test]
fn null_clears_and_a_value_sets() {
    let change = UpdateUser { name: Patch::Null, username: Patch::from("ada"), ..Default::default() };
    let sent: serde_json::Value = serde_json::from_slice(&update(change).body.bytes()).unwrap();
    assert_eq!(sent, serde_json::json!({ "name": null, "username": "ada" }));
}

#[test]
fn a_request_without_a_body_says_nothing_of_one() {
    let request = Stage::silent().client.users().delete("u1").to_http().unwrap();
    assert!(request.body.is_empty() && header(&request, "content-type").is_none());
}

#[test]
fn a_form_is_sent_as_a_form() {
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
fn a_form_holds_plain_values_only() {
    let stage = Stage::silent();
    for body in [serde_json::json!({ "a": [1] }), serde_json::json!({ "a": {} }), serde_json::json!([1])] {
        let request = stage.client.operation("CreateSamlAuthn").unwrap().path("id", "app").form(&body);
        assert_eq!(request.to_http().unwrap_err().kind(), ErrorKind::Input, "{body}");
    }
}

#[test]
fn a_file_is_sent_with_its_name_and_type_to_the_byte() {
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
fn a_file_may_contain_what_looks_like_a_boundary() {
    let stage = Stage::silent();
    let plain = stage.client.user_assets().upload(Upload::new("a", "text/plain", "x")).to_http().unwrap();
    let boundary = header(&plain, "content-type").unwrap().rsplit('=').next().unwrap().to_owned();
    let content = format!("--{boundary}--\r\n");
    let tricky = stage.client.user_assets().upload(Upload::new("a", "text/plain", content)).to_http().unwrap();
    assert!(!header(&tricky, "content-type").unwrap().ends_with(&boundary));
}

#[test]
fn what_cannot_be_json_is_refused() {
    let not_json = std::collections::HashMap::from([((1, 2), 3)]);
    let stage = Stage::silent();
    let request = stage.client.operation("CreateUser").unwrap().json(&not_json);
    let error = stage.run(request).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Input, Some("CreateUser")));
}
