//! Differences from the server that the README lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logto_admin::Result;
use logto_admin::operation::find;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Get;
use logto_admin::transport::{HttpRequest, Method};
use logto_admin_emulator::Emulator;

use crate::{call, client};

#[tokio::test]
async fn the_code_of_an_authenticator_app_is_an_image_of_one_pixel() -> Result<()> {
    let client = client();
    let user = call(&client, "CreateUser", &[], json!({ "username": "ada" })).await?["id"].clone();
    let path = [("userId", user.as_str().unwrap())];
    let app = call(&client, "CreateUserMfaVerification", &path, json!({ "type": "Totp" })).await?;
    let image = app["secretQrCode"].as_str().unwrap().strip_prefix("data:image/png;base64,").unwrap();
    let image = STANDARD.decode(image).unwrap();
    // Width and height follow the signature, and the length and type of the first chunk.
    assert_eq!(image[16..24], [0, 0, 0, 1, 0, 0, 0, 1]);
    Ok(())
}

#[tokio::test]
async fn connector_factories_share_a_logo_and_have_short_texts_in_english() -> Result<()> {
    let factories = client().operation("ListConnectorFactories")?.await?;
    let factories = factories.as_array().unwrap();
    assert!(factories.len() > 1);
    for factory in factories {
        assert_eq!(factory["logo"], factories[0]["logo"]);
        assert_eq!(factory["readme"].as_str().unwrap().lines().count(), 1, "{}", factory["id"]);
        let languages: Vec<&String> = factory["description"].as_object().unwrap().keys().collect();
        assert_eq!(languages, ["en"], "{}", factory["id"]);
    }
    Ok(())
}

#[tokio::test]
async fn phrases_are_made_from_their_keys() -> Result<()> {
    let phrases = client().operation("GetSignInExperiencePhrases")?.query("lng", "de").await?;
    assert!(phrases.to_string().contains(r#""password_expired":"Password expired""#), "{phrases}");
    Ok(())
}

#[tokio::test]
async fn descriptions_in_the_documents_are_those_of_the_client() -> Result<()> {
    let document: Value = client().request(Get, "/api/swagger.json").await?;
    let summary = &document["paths"]["/api/users/{userId}"]["get"]["summary"];
    assert_eq!(*summary, find("GetUser").unwrap().summary);
    Ok(())
}

#[tokio::test]
async fn digests_of_new_passwords_cost_little() -> Result<()> {
    let client = client();
    let user =
        call(&client, "CreateUser", &[], json!({ "username": "ada", "password": "secret" })).await?["id"].clone();
    let user = client.operation("GetUser")?.path("userId", user.as_str().unwrap()).query("includePasswordHash", "1");
    let digest = user.await?["passwordDigest"].clone();
    assert!(digest.as_str().unwrap().starts_with("$argon2i$v=19$m=64,t=1,p=1$"), "{digest}");
    Ok(())
}

#[test]
fn responses_are_not_compressed() {
    let emulator = Emulator::new();
    let mut request = HttpRequest::new(Method::Get, "http://localhost/api/.well-known/phrases");
    request.headers.set("accept-encoding", "gzip, deflate, br");
    let response = emulator.handle(&request);
    assert!(response.body.text().len() > 1024);
    assert_eq!(response.headers.get("content-encoding"), None);
}

#[test]
fn phrases_name_their_language() {
    let emulator = Emulator::new();
    for (wanted, expected) in [("de", "de"), ("xx", "en"), ("xx, fr;q=0.5", "fr")] {
        let mut request = HttpRequest::new(Method::Get, "http://localhost/api/.well-known/phrases");
        request.headers.set("accept-language", wanted);
        assert_eq!(emulator.handle(&request).headers.get("content-language"), Some(expected), "{wanted}");
    }
}
