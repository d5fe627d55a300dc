//! The policy for usernames that users choose.

use logto_admin::Result;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::Post;
use logto_admin_emulator::Emulator;

use crate::browser::Browser;

#[tokio::test]
async fn users_choose_usernames_within_the_policy() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let characters = json!({ "lowercase": true, "uppercase": false, "numbers": true, "underscore": false });
    let policy = json!({ "caseSensitive": true, "minLength": 3, "maxLength": 6, "allowedChars": characters });
    admin.operation("UpdateSignInExp")?.json(&json!({ "usernamePolicy": policy })).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let mut choose = |username: &str| {
        let identity =
            json!({ "identifier": { "type": "username", "value": username }, "password": "violet-anchor-47" });
        let record = browser.verify("new-password-identity", &identity);
        let profile = browser.experience(Post, "/profile", &json!({ "type": "username", "value": username }));
        if profile.0 != 204 {
            // The identification enters the username of the record.
            let identified = browser.experience(Post, "/identification", &json!({ "verificationId": record }));
            assert_eq!(identified, profile);
        }
        profile
    };
    assert_eq!(choose("ab"), (422, json!("user.username_too_short")));
    assert_eq!(choose("abcdefg"), (422, json!("user.username_too_long")));
    assert_eq!(choose("Abc"), (422, json!("user.username_uppercase_not_allowed")));
    assert_eq!(choose("ab_c"), (422, json!("user.username_underscore_not_allowed")));
    assert_eq!(choose("abc1"), (204, Value::Null));
    admin.users().create(CreateUser { username: Some("An_Administrator".into()), ..Default::default() }).await?;
    Ok(())
}
