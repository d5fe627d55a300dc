//! Identification of users: unique members, social identities, and sessions.

use logto_admin::models::{CreateUser, UpdateUser};
use logto_admin::serde_json::{Value, json};
use logto_admin::{Patch, Result};

use crate::{call, client, refused};

#[tokio::test]
async fn email_addresses_are_unique_ignoring_case() -> Result<()> {
    let client = client();
    let with = |email: &str| CreateUser { primary_email: Some(email.into()), ..Default::default() };
    let ada = client.users().create(with("Ada@Example.com")).await?;
    assert_eq!(ada.primary_email.as_deref(), Some("Ada@Example.com"));
    assert_eq!(
        refused(client.users().create(with("ada@example.com")).await),
        (422, "user.email_already_in_use".into())
    );
    // The address of the user itself can change its case, and becomes free with the user.
    let change = UpdateUser { primary_email: "ada@example.com".into(), ..Default::default() };
    client.users().update(&ada.id, change).await?;
    client.users().delete(&ada.id).await?;
    client.users().create(with("ADA@example.com")).await?;
    Ok(())
}

#[tokio::test]
async fn usernames_are_unique_ignoring_case_if_the_policy_says_so() -> Result<()> {
    let client = client();
    let named = |name: &str| CreateUser { username: Some(name.into()), ..Default::default() };
    client.users().create(named("Grace")).await?;
    client.users().create(named("grace")).await?;
    client.users().create(named("Ada")).await?;
    let conflicting: Vec<_> = client.users().list().search("grace").await?.into_iter().map(|user| user.id).collect();
    client.users().delete(&conflicting[0]).await?;
    let characters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
    let policy = json!({ "caseSensitive": false, "minLength": 1, "maxLength": 128, "allowedChars": characters });
    call(&client, "UpdateSignInExp", &[], json!({ "usernamePolicy": policy })).await?;
    assert_eq!(refused(client.users().create(named("ada")).await), (422, "user.username_already_in_use".into()));
    Ok(())
}

#[tokio::test]
async fn phone_numbers_are_normalized() -> Result<()> {
    let client = client();
    let with = |phone: &str| CreateUser { primary_phone: Some(phone.into()), ..Default::default() };
    let user = client.users().create(with("610412345678")).await?;
    assert_eq!(user.primary_phone.as_deref(), Some("61412345678"));
    assert_eq!(refused(client.users().create(with("61412345678")).await), (422, "user.phone_already_in_use".into()));
    assert_eq!(refused(client.users().create(with("99999")).await), (422, "user.invalid_phone".into()));
    Ok(())
}

#[tokio::test]
async fn an_update_without_changes_is_rejected() -> Result<()> {
    let client = client();
    let ada = client.users().create(CreateUser::default()).await?;
    let empty = client.users().update(&ada.id, UpdateUser::default()).await;
    assert_eq!(refused(empty), (422, "entity.invalid_input".into()));
    // An empty string clears the member.
    let change = UpdateUser { name: Patch::from(""), ..Default::default() };
    assert_eq!(client.users().update(&ada.id, change).await?.name, None);
    Ok(())
}

#[tokio::test]
async fn a_social_identity_belongs_to_one_user() -> Result<()> {
    let client = client();
    let mut users = Vec::new();
    for _ in 0..2 {
        users.push(client.users().create(CreateUser::default()).await?.id);
    }
    let link = |user: &str, target: &str| {
        let path = [("userId", user.to_owned()), ("target", target.to_owned())];
        let client = client.clone();
        async move {
            let path: Vec<(&str, &str)> = path.iter().map(|(name, value)| (*name, value.as_str())).collect();
            call(&client, "ReplaceUserIdentity", &path, json!({ "userId": "4711" })).await
        }
    };
    link(&users[0], "github").await?;
    link(&users[0], "github").await?;
    link(&users[1], "google").await?;
    assert_eq!(refused(link(&users[1], "github").await), (422, "user.identity_already_in_use".into()));
    let all = client.users().list_all_identities(&users[0]).await?;
    assert_eq!((all.social_identities.len(), all.social_identities[0].target.as_deref()), (1, Some("github")));
    client.users().delete_identity(&users[0], "github").await?;
    link(&users[1], "github").await?;
    let sso = client.users().get_sso_identity(&users[0], "nope").await;
    assert_eq!(refused(sso), (404, "user.enterprise_sso_identity_not_exists".into()));
    Ok(())
}

#[tokio::test]
async fn users_without_sign_in_have_no_sessions_and_grants() -> Result<()> {
    let client = client();
    let lists = [("ListUserSessions", "sessions"), ("ListUserGrants", "grants")];
    for (operation, member) in lists {
        let list = call(&client, operation, &[("userId", "nobody")], Value::Null).await?;
        assert_eq!(list, json!({ member: [] }));
    }
    assert_eq!(refused(client.users().get_session("u", "nope").await), (404, "oidc.session_not_found".into()));
    assert_eq!(refused(client.users().delete_session("u", "nope").await), (404, "oidc.session_not_found".into()));
    assert_eq!(refused(client.users().delete_grant("u", "nope").await), (404, "oidc.invalid_grant".into()));
    Ok(())
}
