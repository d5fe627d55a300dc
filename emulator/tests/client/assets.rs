use logto_admin::Result;
use logto_admin::models::UserAssetServiceStatus;
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::types::Upload;
use logto_admin_emulator::{Emulator, Service};

use crate::account_center::Account;
use crate::{client, refused};

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
    let uploaded = me.my_account().upload_avatar(Upload::new("me.png", "image/png", b"png".as_slice())).await?;
    assert!(uploaded.url.contains(&format!("/default/{id}/")) && uploaded.url.ends_with("-me.png"), "{}", uploaded.url);
    let zip = me.my_account().upload_avatar(Upload::new("me.zip", "application/zip", b"".as_slice())).await;
    assert_eq!(refused(zip), (400, "guard.mime_type_not_allowed".into()));
    Ok(())
}
