//! Account center settings, and what they permit users to do with their account.

use logto_admin::models::{CreateSubjectToken, CreateUser, Password};
use logto_admin::serde_json::{Value, json};
use logto_admin::token::{ClientCredentials, TokenExchange};
use logto_admin::transport::Method::{self, Delete, Get, Patch, Post, Put};
use logto_admin::{Client, Result};
use logto_admin_emulator::Emulator;

use crate::authenticator::Authenticator;
use crate::connectors::email_connector;
use crate::refused;

const PASSWORD: &str = "violet-anchor-47-kettle";
const SCOPES: &str = "openid profile email phone address custom_data identities urn:logto:scope:sessions";

/// A user with a password, and clients of both APIs.
pub(crate) struct Account {
    pub(crate) emulator: Emulator,
    pub(crate) admin: Client,
    pub(crate) me: Client,
    pub(crate) id: String,
}

impl Account {
    /// Creates a user. Every field of the account center is editable.
    pub(crate) async fn new() -> Result<Self> {
        let account = Self::with_scopes(SCOPES).await?;
        let names = [
            "name",
            "avatar",
            "profile",
            "email",
            "phone",
            "password",
            "username",
            "social",
            "customData",
            "mfa",
            "session",
        ];
        let fields = names.map(|name| (name.to_owned(), Value::from("Edit")));
        account.enable(&Value::Object(fields.into_iter().collect())).await?;
        Ok(account)
    }

    async fn with_scopes(scopes: &str) -> Result<Self> {
        let emulator = Emulator::new();
        let admin = emulator.client()?;
        let ada = CreateUser {
            username: Some("ada".into()),
            primary_email: Some("ada@example.com".into()),
            password: Some(PASSWORD.into()),
            ..Default::default()
        };
        let id = admin.users().create(ada).await?.id;
        let subject = admin.subject_tokens().create(CreateSubjectToken::new(id.as_str())).await?.subject_token;
        let application = ClientCredentials::new(emulator.app_id(), emulator.app_secret());
        let source = TokenExchange::new(application, subject).scope(scopes);
        let me = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()?;
        Ok(Self { emulator, admin, me, id })
    }

    pub(crate) async fn enable(&self, fields: &Value) -> Result<Value> {
        let settings = json!({ "enabled": true, "fields": fields });
        self.admin.request(Patch, "/api/account-center").json(&settings).await
    }

    /// Calls the account API with a verification record.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value, proof: &str) -> Result<Value> {
        let request = self.me.request(method, &format!("/api{path}")).verification_record(proof);
        if body.is_null() { request.await } else { request.json(body).await }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Get, path, &Value::Null, "").await
    }

    /// Switches second factors on.
    async fn switch_on(&self, factors: &[&str]) -> Result<()> {
        let settings = json!({ "mfa": { "policy": "UserControlled", "factors": factors } });
        self.admin.operation("UpdateSignInExp")?.json(&settings).await.map(|_: Value| ())
    }

    /// Creates a verification record with the password.
    pub(crate) async fn proof(&self) -> Result<String> {
        Ok(self.me.verifications().create_by_password(Password::new(PASSWORD)).await?.verification_record_id)
    }
}

#[tokio::test]
async fn the_account_center_is_disabled_by_default() -> Result<()> {
    let account = Account::with_scopes(SCOPES).await?;
    let settings = account.admin.account_center().get_settings().await?;
    assert!(!settings.enabled && settings.fields.name.is_none());
    let disabled = (400, "account_center.not_enabled".to_owned());
    assert_eq!(refused(account.get("/my-account").await), disabled);
    assert_eq!(refused(account.get("/my-account/sessions").await), disabled);
    assert_eq!(refused(account.proof().await), disabled);
    let empty = account.admin.request(Patch, "/api/account-center").json(&json!({})).await;
    assert_eq!(refused(empty), (422, "entity.invalid_input".into()));
    Ok(())
}

#[tokio::test]
async fn settings_are_merged_and_fields_are_replaced() -> Result<()> {
    let account = Account::with_scopes(SCOPES).await?;
    account.enable(&json!({ "name": "Edit", "avatar": "ReadOnly" })).await?;
    let changed = account.enable(&json!({ "name": "ReadOnly" })).await?;
    assert_eq!(changed["fields"], json!({ "name": "ReadOnly" }));
    let change = json!({ "customCss": "a{}", "unknown": 1 });
    let changed: Value = account.admin.request(Patch, "/api/account-center").json(&change).await?;
    assert_eq!((&changed["enabled"], &changed["customCss"]), (&json!(true), &json!("a{}")));
    assert!(changed.get("unknown").is_none());
    assert_eq!(account.admin.request(Get, "/api/.well-known/account-center").await?, changed);
    Ok(())
}

#[tokio::test]
async fn profiles_only_show_visible_fields_that_the_token_covers() -> Result<()> {
    let account = Account::with_scopes("openid profile").await?;
    let claims = json!({ "profile": { "nickname": "Ada", "address": { "country": "GB" } } });
    let path = format!("/api/users/{}/profile", account.id);
    let _: Value = account.admin.request(Patch, &path).json(&claims).await?;
    account.enable(&json!({ "name": "ReadOnly", "profile": "Edit", "email": "Edit", "avatar": "Off" })).await?;
    let profile = account.get("/my-account").await?;
    assert_eq!((&profile["id"], &profile["name"]), (&json!(account.id), &Value::Null));
    assert_eq!(profile["profile"], json!({ "nickname": "Ada" }), "the address requires a scope");
    for hidden in ["avatar", "username", "primaryEmail", "customData", "identities", "hasPassword"] {
        assert!(profile.get(hidden).is_none(), "{hidden}");
    }
    assert_eq!(profile["hasSecurityVerificationMethod"], true);
    Ok(())
}

#[tokio::test]
async fn only_editable_fields_can_be_changed() -> Result<()> {
    let account = Account::with_scopes(SCOPES).await?;
    account.enable(&json!({ "name": "Edit", "avatar": "ReadOnly" })).await?;
    let change = async |body: Value| account.call(Patch, "/my-account", &body, "").await;
    assert_eq!(change(json!({ "name": "Ada" })).await?["name"], "Ada");
    let fixed = (400, "account_center.field_not_editable".to_owned());
    assert_eq!(refused(change(json!({ "avatar": "https://example.com/a.png" })).await), fixed);
    assert_eq!(refused(change(json!({ "username": "lovelace" })).await), fixed);
    let claims = account.call(Patch, "/my-account/profile", &json!({ "nickname": "A" }), "").await;
    assert_eq!(refused(claims), fixed);
    assert_eq!(
        refused(account.get("/my-account/mfa-settings").await),
        (400, "account_center.field_not_enabled".into())
    );
    Ok(())
}

#[tokio::test]
async fn changes_require_the_scope_of_the_field() -> Result<()> {
    let account = Account::with_scopes("openid profile").await?;
    account
        .enable(&json!({ "customData": "Edit", "email": "Edit", "mfa": "Edit", "profile": "Edit", "social": "Edit" }))
        .await?;
    let lacking = (400, "auth.unauthorized".to_owned());
    let proof = account.proof().await?;
    let data = json!({ "customData": { "k": 1 } });
    let strictly = (401, "auth.unauthorized".to_owned());
    assert_eq!(refused(account.call(Patch, "/my-account", &data, "").await), lacking);
    let address = json!({ "address": { "country": "GB" } });
    assert_eq!(refused(account.call(Patch, "/my-account/profile", &address, "").await), lacking);
    assert_eq!(refused(account.call(Delete, "/my-account/primary-email", &Value::Null, &proof).await), lacking);
    assert_eq!(refused(account.get("/my-account/mfa-verifications").await), strictly);
    assert_eq!(refused(account.get("/my-account/logto-configs").await), strictly);
    let link = json!({ "newIdentifierVerificationRecordId": "nope" });
    assert_eq!(refused(account.call(Post, "/my-account/identities", &link, "").await), strictly);
    assert_eq!(refused(account.call(Delete, "/my-account/identities/x", &Value::Null, "").await), lacking);
    let token = account.get("/my-account/identities/google/access-token").await;
    assert_eq!(refused(token), (403, "auth.forbidden".into()));
    Ok(())
}

#[tokio::test]
async fn claims_have_no_unknown_members() -> Result<()> {
    let account = Account::new().await?;
    let sent = json!({ "nickname": "A", "bad": 1, "address": { "country": "GB", "planet": "Earth" } });
    let kept = json!({ "nickname": "A", "address": { "country": "GB" } });
    assert_eq!(account.call(Patch, "/my-account/profile", &sent, "").await?, kept);
    assert_eq!(account.get("/my-account").await?["profile"], kept);
    Ok(())
}

#[tokio::test]
async fn usernames_and_passwords_require_a_verification_record() -> Result<()> {
    let account = Account::new().await?;
    let denied = (401, "verification_record.permission_denied".to_owned());
    let rename = json!({ "username": "lovelace" });
    let new = json!({ "password": "copper-lantern-82-meadow" });
    assert_eq!(refused(account.call(Patch, "/my-account", &rename, "").await), denied);
    assert_eq!(refused(account.call(Post, "/my-account/password", &new, "nope").await), denied);

    let proof = account.proof().await?;
    assert_eq!(account.call(Patch, "/my-account", &rename, &proof).await?["username"], "lovelace");
    let characters = json!({ "lowercase": true, "uppercase": true, "numbers": true, "underscore": true });
    let policy = json!({ "usernamePolicy": { "caseSensitive": true, "minLength": 12, "maxLength": 20, "allowedChars": characters } });
    account.admin.operation("UpdateSignInExp")?.json(&policy).await?;
    let short = account.call(Patch, "/my-account", &rename, &proof).await;
    assert_eq!(refused(short), (422, "user.username_too_short".into()));
    let weak = account.call(Post, "/my-account/password", &json!({ "password": "a" }), &proof).await;
    assert_eq!(refused(weak), (422, "password.rejected".into()));
    let same = account.call(Post, "/my-account/password", &json!({ "password": PASSWORD }), &proof).await;
    assert_eq!(refused(same), (422, "user.same_password".into()));
    account.call(Post, "/my-account/password", &new, &proof).await?;
    assert_eq!(refused(account.proof().await), (422, "session.invalid_credentials".into()));

    account.emulator.advance(std::time::Duration::from_secs(600));
    assert_eq!(refused(account.call(Patch, "/my-account", &rename, &proof).await), denied, "expired");
    Ok(())
}

#[tokio::test]
async fn a_verification_record_is_only_valid_for_its_user() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let other = account.admin.users().create(CreateUser::default()).await?.id;
    let subject = account.admin.subject_tokens().create(CreateSubjectToken::new(other)).await?.subject_token;
    let application = ClientCredentials::new(account.emulator.app_id(), account.emulator.app_secret());
    let source = TokenExchange::new(application, subject).scope("openid profile");
    let emulator = &account.emulator;
    let other = Client::builder(emulator.endpoint()).token_source(source).transport(emulator.clone()).build()?;
    let rename =
        other.request(Patch, "/api/my-account").json(&json!({ "username": "bob" })).verification_record(&proof);
    assert_eq!(refused(rename.await), (401, "verification_record.permission_denied".into()));
    // This user has no password, email address or phone number, and hence no way to get a record.
    other.my_account().update_password(Password::new("copper-lantern-82-meadow")).await?;
    let again = other.my_account().update_password(Password::new("copper-lantern-83-meadow")).await;
    assert_eq!(refused(again), (401, "verification_record.permission_denied".into()));
    Ok(())
}

#[tokio::test]
async fn users_manage_their_second_factors() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let path = "/my-account/mfa-verifications";
    assert_eq!(account.get(path).await?, json!([]));
    let off = json!({ "type": "Totp", "secret": "JBSWY3DPEHPK3PXP" });
    let off = account.call(Post, path, &off, &proof).await;
    assert_eq!(refused(off), (400, "session.mfa.mfa_factor_not_enabled".into()));
    account.switch_on(&["Totp", "BackupCode"]).await?;
    let codes = account.call(Post, &format!("{path}/backup-codes/generate"), &Value::Null, "").await?["codes"].clone();
    let set = json!({ "type": "BackupCode", "codes": codes });
    let alone = account.call(Post, path, &set, &proof).await;
    assert_eq!(refused(alone), (422, "session.mfa.backup_code_can_not_be_alone".into()));
    let none = account.call(Get, &format!("{path}/backup-codes"), &Value::Null, &proof).await;
    assert_eq!(refused(none), (404, "verification_record.not_found".into()));

    let secret = account.call(Post, &format!("{path}/totp-secret/generate"), &Value::Null, "").await?["secret"].clone();
    // An empty code counts as none.
    let add = async |secret: &Value| {
        account.call(Post, path, &json!({ "type": "Totp", "secret": secret, "code": "" }), &proof).await
    };
    assert_eq!(refused(add(&json!("bad")).await), (400, "user.totp_secret_invalid".into()));
    add(&secret).await?;
    assert_eq!(refused(add(&secret).await), (422, "user.totp_already_in_use".into()));
    for code in ["000000", ""] {
        let wrong = json!({ "secret": secret, "code": code });
        let wrong = account.call(Put, &format!("{path}/totp"), &wrong, &proof).await;
        assert_eq!(refused(wrong), (400, "session.mfa.invalid_totp_code".into()), "{code}");
    }

    account.call(Post, path, &set, &proof).await?;
    let shown = account.get(path).await?;
    assert_eq!((&shown[0]["type"], &shown[1]["remainCodes"]), (&json!("Totp"), &json!(10)));
    let again = account.call(Post, path, &set, &proof).await;
    assert_eq!(refused(again), (422, "user.backup_code_already_in_use".into()));
    let listed = account.call(Get, &format!("{path}/backup-codes"), &Value::Null, &proof).await?;
    assert_eq!(listed["codes"][0]["code"], codes[0]);
    assert_eq!(account.get("/my-account/logto-configs").await?["mfa"]["enabled"], true);

    let missing = (400, "verification_record.not_found".to_owned());
    assert_eq!(refused(account.call(Delete, &format!("{path}/nope"), &Value::Null, &proof).await), missing);
    let totp = format!("{path}/{}", shown[0]["id"].as_str().unwrap());
    let renamed = account.call(Patch, &format!("{totp}/name"), &json!({ "name": "phone" }), &proof).await;
    assert_eq!(refused(renamed), missing, "only passkeys have names");
    account.call(Delete, &totp, &Value::Null, &proof).await?;
    assert_eq!(account.get(path).await?.as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn passkeys_answer_the_challenge_of_their_record() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let options = account.call(Post, "/verifications/web-authn/registration", &Value::Null, "").await?;
    let record = options["verificationRecordId"].clone();
    let path = "/verifications/web-authn/registration/verify";
    let mut key = Authenticator::new("http://emulator.localhost");
    let payload = key.create(&options["registrationOptions"]);
    let answer = async |record: &Value, payload: &Value| {
        account.call(Post, path, &json!({ "verificationRecordId": record, "payload": payload }), "").await
    };
    assert_eq!(refused(answer(&json!("nope"), &payload).await), (400, "verification_record.not_found".into()));
    let other = key.create(&json!({ "rp": { "id": "emulator.localhost" }, "challenge": "x" }));
    assert_eq!(refused(answer(&record, &other).await), (400, "session.mfa.webauthn_verification_failed".into()));
    let add = json!({ "type": "WebAuthn", "newIdentifierVerificationRecordId": record, "name": "key" });
    account.switch_on(&["WebAuthn"]).await?;
    let unverified = account.call(Post, "/my-account/mfa-verifications", &add, &proof).await;
    assert_eq!(refused(unverified), (400, "verification_record.not_found".into()));

    answer(&record, &payload).await?;
    account.switch_on(&["WebAuthn"]).await?;
    account.call(Post, "/my-account/mfa-verifications", &add, &proof).await?;
    let key = account.get("/my-account/mfa-verifications").await?[0].clone();
    assert_eq!((&key["type"], &key["name"]), (&json!("WebAuthn"), &json!("key")));
    let name = format!("/my-account/mfa-verifications/{}/name", key["id"].as_str().unwrap());
    account.call(Patch, &name, &json!({ "name": "laptop" }), &proof).await?;
    assert_eq!(account.get("/my-account/mfa-verifications").await?[0]["name"], "laptop");
    Ok(())
}

#[tokio::test]
async fn preferences_for_second_factors_are_merged() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    assert_eq!(account.get("/my-account/mfa-settings").await?, json!({ "skipMfaOnSignIn": false }));
    let skip = json!({ "skipMfaOnSignIn": true });
    assert_eq!(account.call(Patch, "/my-account/mfa-settings", &skip, &proof).await?, skip);
    let change = json!({ "mfa": { "skipped": true, "additionalBindingSuggestionSkipped": true } });
    let changed = account.call(Patch, "/my-account/logto-configs", &change, &proof).await?;
    let expected =
        json!({ "mfa": { "skipped": true, "skipMfaOnSignIn": true }, "passkeySignIn": { "skipped": false } });
    assert_eq!(changed, expected);
    assert_eq!(account.get("/my-account/logto-configs").await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_new_address_is_proven_by_a_code() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let identifier = json!({ "type": "email", "value": "ada@new.example" });
    let send =
        async || account.call(Post, "/verifications/verification-code", &json!({ "identifier": identifier }), "").await;
    assert_eq!(refused(send().await), (501, "connector.not_found".into()));
    email_connector(&account.admin).await?;
    let record = send().await?["verificationRecordId"].clone();
    let message = account.emulator.messages().pop().unwrap();
    assert_eq!((message.recipient.as_str(), message.usage.as_str()), ("ada@new.example", "BindNewIdentifier"));

    let change = json!({ "email": "ada@new.example", "newIdentifierVerificationRecordId": record });
    let set = async |proof: &str| account.call(Post, "/my-account/primary-email", &change, proof).await;
    let missing = (400, "verification_record.not_found".to_owned());
    assert_eq!(refused(set(&proof).await), missing, "the code has not been entered yet");
    let enter = async |code: &str, identifier: &Value| {
        let body = json!({ "identifier": identifier, "verificationId": record, "code": code });
        account.call(Post, "/verifications/verification-code/verify", &body, "").await
    };
    assert_eq!(refused(enter("x", &identifier).await), (400, "verification_code.code_mismatch".into()));
    let other = json!({ "type": "email", "value": "eve@new.example" });
    let code = message.code().unwrap();
    assert_eq!(refused(enter(code, &other).await), (400, "verification_code.email_mismatch".into()));
    enter(code, &identifier).await?;
    assert_eq!(refused(enter(code, &identifier).await), (400, "verification_code.not_found".into()));

    let denied = (401, "verification_record.permission_denied".to_owned());
    assert_eq!(refused(set("").await), denied);
    assert_eq!(
        refused(set(record.as_str().unwrap()).await),
        denied,
        "a record of a new address does not prove who the user is"
    );
    set(&proof).await?;
    assert_eq!(account.get("/my-account").await?["primaryEmail"], "ada@new.example");
    account.call(Delete, "/my-account/primary-email", &Value::Null, &proof).await?;
    assert_eq!(account.get("/my-account").await?["primaryEmail"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_code_to_the_own_address_proves_who_the_user_is() -> Result<()> {
    let account = Account::new().await?;
    email_connector(&account.admin).await?;
    let rename = json!({ "username": "lovelace" });
    let prove = async |email: &str, template: Value| -> Result<(String, Result<Value>)> {
        let mut body = json!({ "identifier": { "type": "email", "value": email } });
        if !template.is_null() {
            body["templateType"] = template;
        }
        let sent = account.call(Post, "/verifications/verification-code", &body, "").await?;
        let message = account.emulator.messages().pop().unwrap();
        body["verificationId"] = sent["verificationRecordId"].clone();
        body["code"] = json!(message.code());
        body.as_object_mut().unwrap().remove("templateType");
        account.call(Post, "/verifications/verification-code/verify", &body, "").await?;
        let record = sent["verificationRecordId"].as_str().unwrap();
        Ok((message.usage, account.call(Patch, "/my-account", &rename, record).await))
    };
    let denied = (401, "verification_record.permission_denied".to_owned());
    for (email, template, usage) in [
        ("Ada@example.com", Value::Null, "BindNewIdentifier"),
        ("ada@new.example", json!("UserPermissionValidation"), "BindNewIdentifier"),
        ("ada@example.com", json!("BindMfa"), "BindMfa"),
    ] {
        let (sent, renamed) = prove(email, template).await?;
        assert_eq!((sent.as_str(), refused(renamed)), (usage, denied.clone()), "{email}");
    }
    let (sent, renamed) = prove("ada@example.com", Value::Null).await?;
    assert_eq!((sent.as_str(), renamed?["username"].as_str()), ("UserPermissionValidation", Some("lovelace")));
    Ok(())
}

#[tokio::test]
async fn the_last_way_to_sign_in_stays() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let unnamed = account.call(Patch, "/my-account", &json!({ "username": null }), &proof).await?;
    assert_eq!(unnamed["username"], Value::Null);
    let last = (400, "user.last_sign_in_method_required".to_owned());
    assert_eq!(refused(account.call(Delete, "/my-account/primary-email", &Value::Null, &proof).await), last);
    let connector = json!({
        "connectorId": "mock-social-connector", "config": { "clientId": "c", "clientSecret": "s" },
    });
    let connector: Value = account.admin.request(Post, "/api/connectors").json(&connector).await?;
    let identity = json!({ "connectorId": connector["id"], "connectorData": { "code": "c", "userId": "ada-1" } });
    let link = account.admin.operation("CreateUserIdentity")?.path("userId", &account.id);
    link.json(&identity).raw().await?;
    account.call(Delete, "/my-account/primary-email", &Value::Null, &proof).await?;
    let unlinked = account.call(Delete, "/my-account/identities/mock-social", &Value::Null, &proof).await;
    assert_eq!(refused(unlinked), last);
    Ok(())
}

#[tokio::test]
async fn failed_proofs_block_the_user() -> Result<()> {
    let account = Account::new().await?;
    let policy = json!({ "sentinelPolicy": { "maxAttempts": 2 } });
    account.admin.operation("UpdateSignInExp")?.json(&policy).await?;
    let wrong = async || account.me.verifications().create_by_password(Password::new("wrong")).await;
    assert_eq!(refused(wrong().await), (422, "session.invalid_credentials".into()));
    let blocked = (400, "session.verification_blocked_too_many_attempts".to_owned());
    assert_eq!(refused(wrong().await), blocked);
    assert_eq!(refused(account.proof().await), blocked);
    Ok(())
}

#[tokio::test]
async fn blocked_addresses_are_refused() -> Result<()> {
    let account = Account::new().await?;
    email_connector(&account.admin).await?;
    let policy = json!({ "emailBlocklistPolicy": { "blockSubaddressing": true, "customBlocklist": ["@bad.example"] } });
    let _: Value = account.admin.request(Patch, "/api/sign-in-exp").json(&policy).await?;
    let send = async |email: &str| {
        let body = json!({ "identifier": { "type": "email", "value": email } });
        account.call(Post, "/verifications/verification-code", &body, "").await
    };
    assert_eq!(refused(send("eve@bad.example").await), (422, "session.email_blocklist.email_not_allowed".into()));
    let subaddress = (422, "session.email_blocklist.email_subaddressing_not_allowed".to_owned());
    assert_eq!(refused(send("ada+1@good.example").await), subaddress);
    send("ada@good.example").await?;
    Ok(())
}

#[tokio::test]
async fn users_link_social_identities_and_read_their_tokens() -> Result<()> {
    let account = Account::new().await?;
    let proof = account.proof().await?;
    let connector = json!({
        "connectorId": "mock-social-connector",
        "config": { "clientId": "c", "clientSecret": "s" },
        "enableTokenStorage": true,
    });
    let connector: Value = account.admin.request(Post, "/api/connectors").json(&connector).await?;
    let start = async |connector: &Value| {
        let body = json!({ "connectorId": connector, "state": "s", "redirectUri": "https://app.example/callback" });
        account.call(Post, "/verifications/social", &body, "").await
    };
    assert_eq!(refused(start(&json!("nope")).await), (422, "session.invalid_connector_id".into()));
    let verified = async |user: &str, token: &str| -> Result<Value> {
        let record = start(&connector["id"]).await?["verificationRecordId"].clone();
        let tokens = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": "email" });
        let data = json!({ "code": "c", "userId": user, "tokenResponse": tokens });
        let body = json!({ "verificationRecordId": record, "connectorData": data });
        account.call(Post, "/verifications/social/verify", &body, "").await?;
        Ok(json!({ "newIdentifierVerificationRecordId": record }))
    };
    let unverified =
        json!({ "newIdentifierVerificationRecordId": start(&connector["id"]).await?["verificationRecordId"] });
    let missing = (400, "verification_record.not_found".to_owned());
    assert_eq!(refused(account.call(Post, "/my-account/identities", &unverified, &proof).await), missing);

    let record = verified("ada-1", "first").await?;
    account.call(Post, "/my-account/identities", &record, &proof).await?;
    assert_eq!(account.get("/my-account").await?["identities"]["mock-social"]["userId"], "ada-1");
    let token = account.get("/my-account/identities/mock-social/access-token").await?;
    assert_eq!((&token["access_token"], &token["scope"]), (&json!("first"), &json!("email")));
    let again = account.call(Post, "/my-account/identities", &verified("ada-2", "second").await?, &proof).await;
    assert_eq!(refused(again), (400, "user.identity_already_in_use".into()));
    account.call(Put, "/my-account/identities", &verified("ada-2", "second").await?, &proof).await?;
    assert_eq!(account.get("/my-account").await?["identities"]["mock-social"]["userId"], "ada-2");

    let path = "/my-account/identities/mock-social/access-token";
    let foreign = verified("eve-1", "foreign").await?["newIdentifierVerificationRecordId"].clone();
    let foreign = account.call(Put, path, &json!({ "verificationRecordId": foreign }), "").await;
    assert_eq!(refused(foreign), (422, "user.identity_not_exists_in_current_user".into()));
    let renewed = verified("ada-2", "third").await?["newIdentifierVerificationRecordId"].clone();
    let renew = json!({ "verificationRecordId": renewed });
    let token = account.call(Put, "/my-account/identities/mock-social/access-token", &renew, "").await?;
    assert_eq!(token["access_token"], "third");
    let other = account.call(Put, "/my-account/identities/github/access-token", &renew, "").await;
    assert_eq!(refused(other), (422, "verification_record.social_verification.invalid_target".into()));
    account.call(Delete, "/my-account/identities/mock-social", &Value::Null, &proof).await?;
    let gone = account.call(Delete, "/my-account/identities/mock-social", &Value::Null, &proof).await;
    assert_eq!(refused(gone), (404, "user.identity_not_exist".into()));
    let token = account.get("/my-account/identities/mock-social/access-token").await;
    assert_eq!(refused(token), (404, "secrets.third_party_token_set.token_not_found".into()));
    Ok(())
}
