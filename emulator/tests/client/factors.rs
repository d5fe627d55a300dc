//! Second factors of users, and the user's settings for them.

use logto_admin::Result;
use logto_admin::serde_json::{Value, json};

use crate::{call, client, refused};

#[tokio::test]
async fn a_user_has_one_second_factor_of_each_kind() -> Result<()> {
    let client = client();
    let user = call(&client, "CreateUser", &[], json!({ "username": "ada" })).await?["id"].clone();
    let path = [("userId", user.as_str().unwrap())];
    let add = |body: Value| call(&client, "CreateUserMfaVerification", &path, body);

    let alone = add(json!({ "type": "BackupCode" })).await;
    assert_eq!(refused(alone), (422, "session.mfa.backup_code_can_not_be_alone".into()));
    let invalid = add(json!({ "type": "Totp", "secret": "bad" })).await;
    assert_eq!(refused(invalid), (422, "user.totp_secret_invalid".into()));
    let app = add(json!({ "type": "Totp" })).await?;
    assert_eq!(app["secret"].as_str().map(str::len), Some(32));
    let again = add(json!({ "type": "Totp" })).await;
    assert_eq!(refused(again), (422, "user.totp_already_in_use".into()));

    for codes in [json!(["aaaa1111"]), json!([])] {
        let malformed = add(json!({ "type": "BackupCode", "codes": codes })).await;
        assert_eq!(refused(malformed), (422, "user.wrong_backup_code_format".into()));
    }
    let codes = add(json!({ "type": "BackupCode" })).await?;
    assert_eq!(codes["codes"].as_array().map(Vec::len), Some(10));
    let again = add(json!({ "type": "BackupCode" })).await;
    assert_eq!(refused(again), (422, "user.backup_code_already_in_use".into()));

    let id = user.as_str().unwrap();
    let factors = client.users().list_mfa_verifications(id).await?;
    assert_eq!(factors.iter().map(|factor| factor.r#type.as_str()).collect::<Vec<_>>(), ["Totp", "BackupCode"]);
    assert_eq!(factors[1].remain_codes.map(|count| count.to_string()).as_deref(), Some("10"));
    client.users().delete_mfa_verification(id, &factors[0].id).await?;
    let gone = client.users().delete_mfa_verification(id, &factors[0].id).await;
    assert_eq!(refused(gone), (404, "entity.not_found".into()));
    assert_eq!(refused(client.users().list_mfa_verifications("nobody").await), (404, "entity.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn settings_of_a_user_are_merged() -> Result<()> {
    let client = client();
    let user = call(&client, "CreateUser", &[], json!({})).await?["id"].clone();
    let path = [("userId", user.as_str().unwrap())];
    let update = |body: Value| call(&client, "UpdateUserLogtoConfigs", &path, body);
    update(json!({ "mfa": { "skipMfaOnSignIn": true } })).await?;
    let settings = update(json!({ "mfa": { "enabled": true }, "passkeySignIn": { "skipped": true } })).await?;
    let mfa = json!({ "enabled": true, "skipped": false, "skipMfaOnSignIn": true });
    assert_eq!(settings, json!({ "mfa": mfa, "passkeySignIn": { "skipped": true } }));
    let unknown = call(&client, "ListUserLogtoConfigs", &[("userId", "nobody")], Value::Null).await;
    assert_eq!(refused(unknown), (404, "entity.not_found".into()));
    Ok(())
}
