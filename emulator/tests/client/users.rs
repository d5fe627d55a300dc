use logto_admin::models::{CreateUser, Password, UpdateUser, UpdateUserCustomData, UpdateUserIsSuspended, User};
use logto_admin::serde_json::{Map, Value, json};
use logto_admin::transport::Method::Get;
use logto_admin::{Client, Patch, Result};

use crate::{call, client, refused};

fn named(username: &str) -> CreateUser {
    CreateUser { username: Some(username.into()), ..Default::default() }
}

async fn ada(client: &Client) -> Result<User> {
    let data = Map::from_iter([("a".to_owned(), json!(1))]);
    let ada = CreateUser {
        primary_email: Some("ada@example.com".into()),
        name: Some("Ada".into()),
        password: Some("s3cret".into()),
        custom_data: Some(data),
        ..named("ada")
    };
    client.users().create(ada).await
}

#[tokio::test]
async fn users_are_created_read_updated_and_deleted() -> Result<()> {
    let client = client();
    let created = ada(&client).await?;
    assert_eq!((created.id.len(), created.username.as_deref(), created.has_password), (12, Some("ada"), Some(true)));
    assert_eq!(client.users().get(&created.id).await?, created);

    let change = UpdateUser { name: Patch::Null, username: "countess".into(), ..Default::default() };
    let changed = client.users().update(&created.id, change).await?;
    assert_eq!((changed.name, changed.username.as_deref()), (None, Some("countess")));
    assert_eq!(changed.primary_email, created.primary_email);
    assert!(changed.updated_at > created.updated_at && changed.created_at == created.created_at);

    client.users().delete(&created.id).await?;
    assert_eq!(refused(client.users().get(&created.id).await), (404, "entity.not_found".into()));
    assert_eq!(refused(client.users().delete(&created.id).await), (404, "entity.not_found".into()));
    // The unique values of a deleted user can be used again.
    client.users().create(named("countess")).await?;
    Ok(())
}

#[tokio::test]
async fn usernames_and_emails_are_unique() -> Result<()> {
    let client = client();
    ada(&client).await?;
    assert_eq!(refused(client.users().create(named("ada")).await), (422, "user.username_already_in_use".into()));
    let other = client.users().create(named("grace")).await?;
    let change = UpdateUser { primary_email: "ada@example.com".into(), ..Default::default() };
    assert_eq!(refused(client.users().update(&other.id, change).await), (422, "user.email_already_in_use".into()));
    let unchanged = UpdateUser { username: "grace".into(), ..Default::default() };
    client.users().update(&other.id, unchanged).await?;
    Ok(())
}

#[tokio::test]
async fn invalid_input_is_rejected_with_its_path() {
    let client = client();
    let error = client.users().create(named("1ada")).await.err().unwrap();
    assert_eq!((error.status(), error.code()), (Some(400), Some("guard.invalid_input")));
    assert_eq!(error.data().unwrap()["issues"][0]["path"], json!(["username"]));
    assert!(error.details().unwrap().contains("username"));
    let both = CreateUser { password: Some("a".into()), password_digest: Some("b".into()), ..named("a") };
    assert_eq!(refused(client.users().create(both).await), (400, "user.password_and_digest".into()));
    let long = CreateUser { name: Some("x".repeat(129)), ..named("a") };
    assert_eq!(refused(client.users().create(long).await), (422, "entity.value_too_long".into()));
}

#[tokio::test]
async fn passwords_are_verified_and_not_shown() -> Result<()> {
    let client = client();
    let ada = ada(&client).await?;
    let password = |password: &str| Password { password: password.into() };
    client.users().verify_password(&ada.id, password("s3cret")).await?;
    let wrong = client.users().verify_password(&ada.id, password("secret")).await;
    assert_eq!(refused(wrong), (422, "session.invalid_credentials".into()));
    client.users().update_password(&ada.id, password("n3w")).await?;
    client.users().verify_password(&ada.id, password("n3w")).await?;
    let shown = client.users().get(&ada.id).raw().await?;
    assert!(!shown.body.text().contains("argon2"), "{}", shown.body.text());
    assert!(client.users().get(&ada.id).include_password_hash(true).await?.password_digest.value().is_some());
    Ok(())
}

#[tokio::test]
async fn custom_data_is_merged_and_users_are_suspended() -> Result<()> {
    let client = client();
    let ada = ada(&client).await?;
    let data = UpdateUserCustomData { custom_data: Map::from_iter([("b".to_owned(), json!(null))]) };
    let merged = client.users().update_custom_data(&ada.id, data).await?;
    assert_eq!(json!(merged), json!({ "a": 1, "b": null }));
    let suspended = client.users().update_is_suspended(&ada.id, UpdateUserIsSuspended { is_suspended: true }).await?;
    assert!(suspended.is_suspended);
    Ok(())
}

#[tokio::test]
async fn profiles_have_no_unknown_members() -> Result<()> {
    let client = client();
    let id = ada(&client).await?.id;
    let path = [("userId", id.as_str())];
    let sent = json!({ "profile": { "nickname": "A", "bad": 1, "address": { "country": "GB", "planet": "Earth" } } });
    let kept = json!({ "nickname": "A", "address": { "country": "GB" } });
    assert_eq!(call(&client, "UpdateUserProfile", &path, sent).await?, kept);
    assert_eq!(client.operation("GetUser")?.path("userId", &id).await?["profile"], kept);
    let data = json!({ "customData": { "bad": { "worse": 1 } } });
    let kept = json!({ "a": 1, "bad": { "worse": 1 } });
    assert_eq!(call(&client, "UpdateUserCustomData", &path, data).await?, kept);
    Ok(())
}

#[tokio::test]
async fn lists_show_password_hashes_if_asked() -> Result<()> {
    let client = client();
    ada(&client).await?;
    let list = |asks: bool| client.request(Get, "/api/users").query("includePasswordHash", asks);
    let (with, without): (Value, Value) = (list(true).await?, list(false).await?);
    assert_eq!((&with[0]["passwordAlgorithm"], without[0].get("passwordAlgorithm")), (&json!("Argon2i"), None));
    Ok(())
}

#[tokio::test]
async fn a_personal_access_token_is_renamed() -> Result<()> {
    let client = client();
    let id = ada(&client).await?.id;
    let path = [("userId", id.as_str())];
    call(&client, "CreateUserPersonalAccessToken", &path, json!({ "name": "cli" })).await?;
    let rename = |body: Value| call(&client, "UpdatePersonalAccessTokenName", &path, body);
    assert_eq!(rename(json!({ "name": "cli" })).await?["name"], "cli", "without a current name, nothing changes");
    assert_eq!(rename(json!({ "currentName": "cli", "name": "ci" })).await?["name"], "ci");
    assert_eq!(refused(rename(json!({ "name": "cli" })).await), (404, "entity.not_exists".into()));
    Ok(())
}

#[tokio::test]
async fn invitations_end_with_their_inviter() -> Result<()> {
    let client = client();
    let id = ada(&client).await?.id;
    let organization = call(&client, "CreateOrganization", &[], json!({ "name": "Engines" })).await?["id"].clone();
    let invitation = json!({ "inviterId": id, "invitee": "b@example.com", "organizationId": organization, "expiresAt": 4_000_000_000_000_u64 });
    call(&client, "CreateOrganizationInvitation", &[], invitation).await?;
    client.users().delete(&id).await?;
    assert_eq!(call(&client, "ListOrganizationInvitations", &[], Value::Null).await?, json!([]));
    Ok(())
}

#[tokio::test]
async fn a_change_reports_a_taken_username_last() -> Result<()> {
    let client = client();
    ada(&client).await?;
    let taken = json!({ "username": "ada", "primaryEmail": "ada@example.com" });
    let created = call(&client, "CreateUser", &[], taken.clone()).await;
    assert_eq!(refused(created), (422, "user.username_already_in_use".into()));
    let grace = client.users().create(named("grace")).await?.id;
    let changed = call(&client, "UpdateUser", &[("userId", &grace)], taken).await;
    assert_eq!(refused(changed), (422, "user.email_already_in_use".into()));
    Ok(())
}
