//! Passkeys as second factors, and instead of passwords.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use logto_admin::Result;
use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::Method::{Get, Post, Put};
use logto_admin_emulator::Emulator;

use crate::authenticator::Authenticator;
use crate::browser::{Browser, PASSWORD};

const FAILED: &str = "session.mfa.webauthn_verification_failed";

/// Creates an emulator with a user and settings. Returns it with the user's id.
async fn with_settings(settings: Value) -> Result<(Emulator, String)> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    let ada = CreateUser { username: Some("ada".into()), password: Some(PASSWORD.into()), ..Default::default() };
    let id = admin.users().create(ada).await?.id;
    admin.operation("UpdateSignInExp")?.json(&settings).await?;
    Ok((emulator, id))
}

fn authenticator(emulator: &Emulator) -> Authenticator {
    Authenticator::new(emulator.endpoint().url().trim_end_matches('/'))
}

/// Starts a sign-in, and identifies the user by password.
fn identify(browser: &mut Browser) {
    browser.start("SignIn", "openid");
    let body = json!({ "identifier": { "type": "username", "value": "ada" }, "password": PASSWORD });
    let id = browser.verify("password", &body);
    browser.call(Post, "/identification", &json!({ "verificationId": id }));
}

/// Registers a passkey, and returns the id of the record.
fn register(browser: &mut Browser, key: &mut Authenticator) -> Value {
    let asked = browser.call(Post, "/verification/web-authn/registration", &Value::Null);
    let payload = key.create(&asked["registrationOptions"]);
    let body = json!({ "verificationId": asked["verificationId"], "payload": payload });
    browser.call(Post, "/verification/web-authn/registration/verify", &body)["verificationId"].clone()
}

fn submit(browser: &mut Browser) -> (u16, Value) {
    browser.experience(Post, "/submit", &Value::Null)
}

#[tokio::test]
async fn passkeys_are_second_factors() -> Result<()> {
    let (emulator, id) = with_settings(json!({ "mfa": { "policy": "Mandatory", "factors": ["WebAuthn"] } })).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    let record = register(&mut browser, &mut key);
    assert_eq!(submit(&mut browser), (422, json!("user.missing_mfa")), "the passkey is not bound yet");
    browser.call(Post, "/profile/mfa", &json!({ "type": "WebAuthn", "verificationId": record }));
    let shown = browser.call(Get, "/interaction", &Value::Null);
    assert_eq!(shown["mfa"]["webAuthn"][0]["transports"], json!(["internal"]));
    assert!(browser.submit().contains_key("code"));

    identify(&mut browser);
    assert_eq!(submit(&mut browser), (403, json!("session.mfa.require_mfa_verification")));
    let path = "/verification/web-authn/authentication";
    let asked = browser.call(Post, path, &Value::Null);
    let options = &asked["authenticationOptions"];
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
    let answer = |payload: Value| json!({ "verificationId": asked["verificationId"], "payload": payload });
    let verify = format!("{path}/verify");
    let mut forged = key.get(options);
    forged["response"]["signature"] =
        key.get(&json!({ "rpId": "emulator.localhost", "challenge": "x" }))["response"]["signature"].clone();
    assert_eq!(browser.experience(Post, &verify, &answer(forged)), (400, json!(FAILED)));
    key.origin = "https://elsewhere.example".to_owned();
    let elsewhere = key.get(options);
    assert_eq!(browser.experience(Post, &verify, &answer(elsewhere)), (400, json!(FAILED)));
    key = authenticator(&emulator);
    let payload = key.get(options);
    browser.call(Post, &verify, &answer(payload.clone()));
    assert_eq!(
        browser.experience(Post, &verify, &answer(payload)),
        (400, json!(FAILED)),
        "a challenge is answered once"
    );
    assert!(browser.submit().contains_key("code"));
    let factors = emulator.client()?.operation("ListUserMfaVerifications")?.path("userId", &id).await?;
    assert!(factors[0]["lastUsedAt"].is_string(), "{factors}");
    assert!(!factors.to_string().contains("publicKey"));
    Ok(())
}

#[tokio::test]
async fn passkeys_are_kept_before_backup_codes() -> Result<()> {
    let mfa = json!({ "mfa": { "policy": "Mandatory", "factors": ["WebAuthn", "BackupCode"] } });
    let (emulator, id) = with_settings(mfa).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    let passkey = register(&mut browser, &mut key);
    browser.call(Post, "/profile/mfa", &json!({ "type": "WebAuthn", "verificationId": passkey }));
    let codes = browser.call(Post, "/verification/backup-code/generate", &Value::Null);
    browser.call(Post, "/profile/mfa", &json!({ "type": "BackupCode", "verificationId": codes["verificationId"] }));
    assert!(browser.submit().contains_key("code"));
    let factors = emulator.client()?.operation("ListUserMfaVerifications")?.path("userId", &id).await?;
    assert_eq!((&factors[0]["type"], &factors[1]["type"]), (&json!("WebAuthn"), &json!("BackupCode")));
    Ok(())
}

#[tokio::test]
async fn other_relying_parties_counters_and_algorithms_are_refused() -> Result<()> {
    let (emulator, _) = with_settings(json!({ "mfa": { "policy": "Mandatory", "factors": ["WebAuthn"] } })).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    let path = "/verification/web-authn/registration";
    let asked = browser.call(Post, path, &Value::Null);
    let mut payload = key.create(&asked["registrationOptions"]);
    let attestation = URL_SAFE_NO_PAD.decode(payload["response"]["attestationObject"].as_str().unwrap()).unwrap();
    // Algorithm -8 (EdDSA) in place of -7 (ES256).
    let at = attestation.windows(4).position(|bytes| bytes == [0x03, 0x26, 0x20, 0x01]).unwrap() + 1;
    let other = [&attestation[..at], &[0x27], &attestation[at + 1..]].concat();
    payload["response"]["attestationObject"] = URL_SAFE_NO_PAD.encode(other).into();
    let body = json!({ "verificationId": asked["verificationId"], "payload": payload });
    assert_eq!(browser.experience(Post, &format!("{path}/verify"), &body), (400, json!(FAILED)));

    let record = register(&mut browser, &mut key);
    browser.call(Post, "/profile/mfa", &json!({ "type": "WebAuthn", "verificationId": record }));
    assert!(browser.submit().contains_key("code"));

    let path = "/verification/web-authn/authentication";
    let verify = format!("{path}/verify");
    for is_first in [true, false] {
        identify(&mut browser);
        let asked = browser.call(Post, path, &Value::Null);
        let options = &asked["authenticationOptions"];
        let answer = |payload: Value| json!({ "verificationId": asked["verificationId"], "payload": payload });
        if is_first {
            let elsewhere = key.get(&json!({ "rpId": "elsewhere.example", "challenge": options["challenge"] }));
            assert_eq!(browser.experience(Post, &verify, &answer(elsewhere)), (400, json!(FAILED)));
        } else {
            // A copy of the key, whose counter starts again.
            let copied = authenticator(&emulator).get(options);
            assert_eq!(browser.experience(Post, &verify, &answer(copied)), (400, json!(FAILED)));
        }
        browser.call(Post, &verify, &answer(key.get(options)));
        assert!(browser.submit().contains_key("code"));
    }
    Ok(())
}

#[tokio::test]
async fn authenticators_show_the_name_and_an_identifier_of_the_user() -> Result<()> {
    let (emulator, id) =
        with_settings(json!({ "mfa": { "policy": "UserControlled", "factors": ["WebAuthn"] } })).await?;
    let mut browser = Browser::open(&emulator).await?;
    let shown = |browser: &mut Browser| {
        identify(browser);
        let user =
            &browser.call(Post, "/verification/web-authn/registration", &Value::Null)["registrationOptions"]["user"];
        (user["name"].clone(), user["displayName"].clone())
    };
    assert_eq!(shown(&mut browser), (json!("ada"), json!("ada")));
    let more = json!({ "name": "Ada", "primaryEmail": "ada@example.com" });
    emulator.client()?.operation("UpdateUser")?.path("userId", &id).json(&more).await?;
    assert_eq!(shown(&mut browser), (json!("ada@example.com"), json!("Ada")));
    Ok(())
}

#[tokio::test]
async fn passkeys_must_be_switched_on() -> Result<()> {
    let (emulator, _) = with_settings(json!({ "mfa": { "policy": "UserControlled", "factors": ["Totp"] } })).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    let record = register(&mut browser, &mut key);
    let bind = json!({ "type": "WebAuthn", "verificationId": record });
    assert_eq!(browser.experience(Post, "/profile/mfa", &bind), (400, json!("session.mfa.mfa_factor_not_enabled")));
    let unknown = (400, json!("session.mfa.webauthn_verification_not_found"));
    assert_eq!(browser.experience(Post, "/verification/web-authn/authentication", &Value::Null), unknown);
    Ok(())
}

#[tokio::test]
async fn passkeys_replace_passwords() -> Result<()> {
    let settings = json!({
        "mfa": { "policy": "UserControlled", "factors": ["WebAuthn", "Totp"] },
        "passkeySignIn": { "enabled": true },
    });
    let (emulator, id) = with_settings(settings).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    assert_eq!(submit(&mut browser), (422, json!("user.passkey_preferred")));
    let record = register(&mut browser, &mut key);
    browser.call(Post, "/profile/mfa/passkey", &json!({ "verificationId": record }));
    assert_eq!(submit(&mut browser), (422, json!("session.mfa.suggest_additional_mfa")));
    browser.call(Post, "/profile/mfa/mfa-suggestion-skipped", &Value::Null);
    assert!(browser.submit().contains_key("code"));

    // The user enters an identifier.
    browser.start("SignIn", "openid");
    let path = "/verification/sign-in-passkey/authentication";
    let by = |name: &str| json!({ "identifier": { "type": "username", "value": name } });
    let unknown = (400, json!("session.mfa.webauthn_verification_not_found"));
    assert_eq!(browser.experience(Post, path, &by("nobody")), unknown);
    let asked = browser.call(Post, path, &by("ada"));
    let body =
        json!({ "verificationId": asked["verificationId"], "payload": key.get(&asked["authenticationOptions"]) });
    let record = browser.call(Post, &format!("{path}/verify"), &body);
    assert_eq!(browser.call(Get, "/interaction", &Value::Null)["captcha"]["skipped"], true);
    browser.call(Post, "/identification", &record);
    assert!(browser.submit().contains_key("code"), "the passkey is also the second factor");

    // The browser offers its passkeys, before the user enters anything.
    browser.authorize("scope=openid&prompt=login");
    let asked = browser.call(Post, "/preflight/sign-in-passkey/authentication", &Value::Null);
    browser.call(Put, "", &json!({ "interactionEvent": "SignIn" }));
    let body = json!({ "payload": key.get(&asked["authenticationOptions"]) });
    let record = browser.call(Post, &format!("{path}/verify"), &body);
    browser.call(Post, "/identification", &record);
    assert_eq!(browser.call(Get, "/interaction", &Value::Null)["userId"], id);
    let failed = (400, json!("session.mfa.webauthn_verification_failed"));
    assert_eq!(browser.experience(Post, &format!("{path}/verify"), &body), failed, "an answer is accepted once");

    let off = json!({ "passkeySignIn": { "enabled": false } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&off).await?;
    let refused = (422, json!("user.sign_in_method_not_enabled"));
    assert_eq!(browser.experience(Post, "/identification", &record), refused);
    Ok(())
}

#[tokio::test]
async fn a_record_answers_the_challenge_that_it_was_created_for() -> Result<()> {
    let (emulator, _) =
        with_settings(json!({ "mfa": { "policy": "UserControlled", "factors": ["WebAuthn"] } })).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    let (create, get) = ("/verification/web-authn/registration", "/verification/web-authn/authentication");
    let pending = (400, json!("session.mfa.pending_info_not_found"));
    browser.start("SignIn", "openid");
    let answer = |record: &Value, payload: Value| json!({ "verificationId": record, "payload": payload });
    let payload = key.create(&json!({ "rp": { "id": "emulator.localhost" }, "challenge": "x" }));
    let early = browser.experience(Post, &format!("{create}/verify"), &answer(&json!("nope"), payload));
    assert_eq!(early, (404, json!("session.identifier_not_found")));

    identify(&mut browser);
    let asked = browser.call(Post, create, &Value::Null);
    let options = &asked["registrationOptions"];
    let payload = key.get(&json!({ "rpId": options["rp"]["id"], "challenge": options["challenge"] }));
    let wrong = browser.experience(Post, &format!("{get}/verify"), &answer(&asked["verificationId"], payload));
    assert_eq!(wrong, pending, "the record is about a new passkey");
    let record = register(&mut browser, &mut key);
    browser.call(Post, "/profile/mfa", &json!({ "type": "WebAuthn", "verificationId": record }));
    browser.submit();

    identify(&mut browser);
    let asked = browser.call(Post, get, &Value::Null);
    let options = &asked["authenticationOptions"];
    let payload = key.create(&json!({ "rp": { "id": options["rpId"] }, "challenge": options["challenge"] }));
    let wrong = browser.experience(Post, &format!("{create}/verify"), &answer(&asked["verificationId"], payload));
    assert_eq!(wrong, pending, "the record is about a stored passkey");
    browser.call(Post, &format!("{get}/verify"), &answer(&asked["verificationId"], key.get(options)));
    assert!(browser.submit().contains_key("code"), "it proves the factor");
    Ok(())
}

#[tokio::test]
async fn related_origins_can_register_passkeys() -> Result<()> {
    let (emulator, _) =
        with_settings(json!({ "mfa": { "policy": "UserControlled", "factors": ["WebAuthn"] } })).await?;
    let admin = emulator.client()?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    key.origin = "https://related.example".to_owned();
    identify(&mut browser);
    let path = "/verification/web-authn/registration";
    let mut verified = || {
        let asked = browser.call(Post, path, &Value::Null);
        let payload = key.create(&asked["registrationOptions"]);
        let body = json!({ "verificationId": asked["verificationId"], "payload": payload });
        browser.experience(Post, &format!("{path}/verify"), &body).0
    };
    assert_eq!(verified(), 400);
    let settings = json!({ "webauthnRelatedOrigins": ["https://related.example"] });
    admin.operation("UpdateAccountCenterSettings")?.json(&settings).await?;
    assert_eq!(verified(), 200);
    Ok(())
}

#[tokio::test]
async fn a_factor_that_is_switched_off_before_the_submission_is_refused() -> Result<()> {
    let settings = |factors: &[&str]| json!({ "mfa": { "policy": "UserControlled", "factors": factors } });
    let (emulator, _) = with_settings(settings(&["WebAuthn"])).await?;
    let (mut browser, mut key) = (Browser::open(&emulator).await?, authenticator(&emulator));
    identify(&mut browser);
    let record = register(&mut browser, &mut key);
    browser.call(Post, "/profile/mfa", &json!({ "type": "WebAuthn", "verificationId": record }));
    emulator.client()?.operation("UpdateSignInExp")?.json(&settings(&["Totp"])).await?;
    assert_eq!(submit(&mut browser), (400, json!("session.mfa.mfa_factor_not_enabled")));
    Ok(())
}
