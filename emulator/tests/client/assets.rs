use logto_admin::Result;
use logto_admin::models::{HookEvent, UserAssetServiceStatus};
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::types::Upload;
use logto_admin_emulator::{Emulator, Service};

use crate::account_center::Account;
use crate::browser::{Browser, PASSWORD, account};
use crate::deliveries::Stage;
use crate::{client, refused};

/// A file that begins and ends like a picture.
const PICTURE: &[u8] = b"GIF89a;";

#[tokio::test]
async fn uploads_require_a_storage() -> Result<()> {
    let client = client();
    let status = client.user_assets().get_service_status().await?;
    assert_eq!((status.status, status.max_upload_file_size), (UserAssetServiceStatus::NotConfigured, None));
    let upload = client.user_assets().upload(Upload::new("a.png", "image/png", b"png".as_slice())).await;
    assert_eq!(refused(upload), (400, "storage.not_configured".into()));
    Ok(())
}

#[tokio::test]
async fn uploaded_files_are_served() -> Result<()> {
    let emulator = Emulator::builder().service(Service::Storage).build();
    let client = emulator.client()?;
    assert_eq!(client.user_assets().get_service_status().await?.status, UserAssetServiceStatus::Ready);
    let upload = Upload::new("a b.png", "image/png", b"png".as_slice());
    let url = client.user_assets().upload(upload).await?.url;
    assert!(url.contains("/default/emulator-app/2025/01/01/") && url.ends_with("/a%20b.png"), "{url}");
    let request = HttpRequest::new(Method::Get, url);
    let response = emulator.handle(&request);
    assert_eq!((response.status, response.headers.get("content-type")), (200, Some("image/png")));
    assert_eq!(response.body.text(), "png");

    let mut saved = Vec::new();
    emulator.save(&mut saved).unwrap();
    let restored = Emulator::new();
    restored.restore(saved.as_slice()).unwrap();
    assert_eq!(restored.handle(&request).body.text(), "png", "files are part of the saved state");
    Ok(())
}

#[tokio::test]
async fn files_of_other_types_and_large_files_are_rejected() -> Result<()> {
    let emulator = Emulator::builder().service(Service::Storage).build();
    let client = emulator.client()?;
    let text = client.user_assets().upload(Upload::new("a.txt", "text/plain", b"text".as_slice())).await;
    assert_eq!(refused(text), (400, "guard.mime_type_not_allowed".into()));
    let large = client.user_assets().upload(Upload::new("a.png", "image/png", vec![0; (20 << 20) + 1])).await;
    assert_eq!(refused(large), (400, "guard.file_size_exceeded".into()));
    let image = Upload::new("ui.png", "image/png", b"png".as_slice());
    let pages = client.sign_in_experience().upload_custom_ui_assets(image).await;
    assert_eq!(refused(pages), (400, "guard.mime_type_not_allowed".into()));
    Ok(())
}

#[tokio::test]
async fn unknown_secrets_cannot_be_deleted() {
    assert_eq!(refused(client().secrets().delete("nope").await), (404, "entity.not_found".into()));
}

#[tokio::test]
async fn users_upload_their_avatars() -> Result<()> {
    let Account { emulator, me, id, .. } = Account::new().await?;
    emulator.configure(Service::Storage);
    let uploaded = me.my_account().upload_avatar(Upload::new("m e.gif", "text/plain", PICTURE)).await?;
    assert!(
        uploaded.url.contains(&format!("/default/{id}/")) && uploaded.url.ends_with("-m-e.gif"),
        "{}",
        uploaded.url
    );
    let shown = emulator.handle(&HttpRequest::new(Method::Get, uploaded.url));
    assert_eq!(shown.headers.get("content-type"), Some("image/gif"), "the content decides");
    let text = me.my_account().upload_avatar(Upload::new("me.gif", "image/gif", b"text".as_slice())).await;
    assert_eq!(refused(text), (400, "guard.mime_type_not_allowed".into()));
    Ok(())
}

#[tokio::test]
async fn an_uploaded_avatar_changes_no_user() -> Result<()> {
    let stage = Stage::new(Some(200));
    stage.emulator.configure(Service::Storage);
    let ada = crate::browser::ada(&stage.emulator).await?;
    let settings = json!({ "enabled": true, "fields": { "avatar": "Edit", "name": "Edit" } });
    stage.client.operation("UpdateAccountCenterSettings")?.json(&settings).await?;
    stage.hook(&[HookEvent::UserDataUpdated], 0).await?;
    let mut browser = Browser::open(&stage.emulator).await?;
    let me = account(&stage.emulator, &browser.sign_in("ada", PASSWORD, "openid profile"))?;
    me.my_account().upload_avatar(Upload::new("me.gif", "image/gif", PICTURE)).await?;
    stage.emulator.deliver().await;
    assert_eq!(stage.bodies(), [] as [Value; 0]);
    assert_eq!(stage.client.users().get(&ada).await?.avatar, None);
    me.operation("UpdateProfile")?.json(&json!({ "name": "Ada" })).await?;
    stage.emulator.deliver().await;
    assert_eq!(stage.bodies().len(), 1);
    Ok(())
}

/// Uploads the picture of a user who registers. Returns the status and the answer.
fn upload(browser: &Browser) -> (u16, Value) {
    let path = format!("{}/api/experience/user-assets/avatar", browser.emulator.endpoint().url());
    let mut request = HttpRequest::new(Method::Post, path);
    request.headers.set("cookie", format!("_interaction={}", browser.cookie("_interaction").unwrap()));
    request.headers.set("content-type", "multipart/form-data; boundary=b");
    let head = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"me.gif\"\r\n\r\n";
    request.body = [head.as_bytes(), PICTURE, b"\r\n--b--\r\n"].concat().into();
    let response = browser.emulator.handle(&request);
    (response.status, serde_json::from_str(&response.body.text()).unwrap())
}

#[tokio::test]
async fn users_who_register_upload_their_avatars() -> Result<()> {
    let emulator = Emulator::builder().service(Service::Storage).build();
    let mut browser = Browser::open(&emulator).await?;
    browser.authorize("scope=openid&prompt=login");
    let (status, error) = upload(&browser);
    assert_eq!((status, &error["code"]), (404, &json!("session.interaction_not_found")));
    for (event, code) in [
        ("SignIn", "session.invalid_interaction_type"),
        ("ForgotPassword", "session.not_supported_for_forgot_password"),
    ] {
        browser.call(Method::Put, "", &json!({ "interactionEvent": event }));
        let (status, error) = upload(&browser);
        assert_eq!((status, &error["code"]), (400, &json!(code)));
    }
    browser.call(Method::Put, "", &json!({ "interactionEvent": "Register" }));
    let url = |browser: &Browser| upload(browser).1["url"].as_str().unwrap().to_owned();
    let pending = url(&browser);
    assert!(pending.contains("/default/_pending/2025-01-02/avatar/"), "{pending}");
    let new = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let record = browser.verify("new-password-identity", &new);
    browser.call(Method::Post, "/identification", &json!({ "verificationId": record }));
    let user = browser.call(Method::Get, "/interaction", &Value::Null)["userId"].as_str().unwrap().to_owned();
    let own = url(&browser);
    assert!(own.contains(&format!("/default/{user}/2025/01/01/")), "{own}");
    Ok(())
}
