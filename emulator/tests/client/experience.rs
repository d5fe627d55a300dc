//! The Experience API: what sign-in pages call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_admin::Result;
use logto_admin::serde_json::{self, Value, json};
use logto_admin::transport::Method::{Get, Post, Put};
use logto_admin::transport::{HttpRequest, HttpResponse, TransportError, transport_fn};
use logto_admin_emulator::Emulator;

use crate::browser::{Browser, PASSWORD, ada};

fn by_password(username: &str, password: &str) -> Value {
    json!({ "identifier": { "type": "username", "value": username }, "password": password })
}

#[tokio::test]
async fn calls_need_the_cookie_of_an_interaction_that_has_been_started() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    let body = json!({ "interactionEvent": "SignIn" });
    assert_eq!(browser.experience(Put, "", &body), (400, json!("session.not_found")));
    browser.authorize("scope=openid");
    assert_eq!(browser.experience(Get, "/interaction", &Value::Null), (404, json!("session.interaction_not_found")));
    browser.call(Put, "", &body);
    let shown = browser.call(Get, "/interaction", &Value::Null);
    assert_eq!((&shown["interactionEvent"], &shown["verificationRecords"]), (&json!("SignIn"), &json!([])));
    emulator.advance(Duration::from_secs(3601));
    assert_eq!(browser.experience(Get, "/interaction", &Value::Null), (400, json!("session.not_found")));
    Ok(())
}

#[tokio::test]
async fn wrong_passwords_and_missing_identification_are_rejected() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let wrong = (422, json!("session.invalid_credentials"));
    assert_eq!(browser.experience(Post, "/verification/password", &by_password("ada", "wrong")), wrong);
    assert_eq!(browser.experience(Post, "/verification/password", &by_password("nobody", "wrong")), wrong);
    let missing = (404, json!("session.identifier_not_found"));
    assert_eq!(browser.experience(Post, "/submit", &Value::Null), missing);
    let unknown = json!({ "verificationId": "nope" });
    let missing = (404, json!("session.verification_session_not_found"));
    assert_eq!(browser.experience(Post, "/identification", &unknown), missing);
    let none = (400, json!("guard.invalid_input"));
    assert_eq!(browser.experience(Post, "/identification", &json!({})), none);
    let record = browser.verify("password", &by_password("ada", PASSWORD));
    let body = json!({ "isSuspended": true });
    emulator.client()?.operation("UpdateUserIsSuspended")?.path("userId", &id).json(&body).await?;
    let suspended = (401, json!("user.suspended"));
    assert_eq!(browser.experience(Post, "/verification/password", &by_password("ada", PASSWORD)), suspended);
    let record = json!({ "verificationId": record });
    assert_eq!(browser.experience(Post, "/identification", &record), (401, json!("user.suspended")));
    Ok(())
}

#[tokio::test]
async fn modes_are_checked_when_the_user_is_identified() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    emulator.client()?.operation("UpdateSignInExp")?.json(&json!({ "signInMode": "Register" })).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let record = json!({ "verificationId": browser.verify("password", &by_password("ada", PASSWORD)) });
    let forbidden = (403, json!("auth.forbidden"));
    assert_eq!(browser.experience(Post, "/identification", &record), forbidden);
    browser.call(Put, "/interaction-event", &json!({ "interactionEvent": "Register" }));
    let back = json!({ "interactionEvent": "SignIn" });
    assert_eq!(browser.experience(Put, "/interaction-event", &back), forbidden);
    let proves_nothing_new = (400, json!("session.verification_failed"));
    assert_eq!(browser.experience(Post, "/identification", &record), proves_nothing_new);
    Ok(())
}

#[tokio::test]
async fn each_record_has_its_own_code() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    let templates = ["SignIn", "Register", "ForgotPassword", "Generic"];
    let templates = templates.map(|usage| json!({ "usageType": usage, "content": "{{code}}" }));
    let config = json!({ "accountSID": "a", "authToken": "b", "fromMessagingServiceSID": "c", "templates": templates });
    let sms = json!({ "connectorId": "mock-short-message-service", "config": config });
    admin.operation("CreateConnector")?.json(&sms).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let (email, phone) =
        (json!({ "type": "email", "value": "a@b.example" }), json!({ "type": "phone", "value": "12025550123" }));
    let send = |browser: &mut Browser, identifier: &Value| {
        let body = json!({ "identifier": identifier, "interactionEvent": "Register" });
        let record = browser.verify("verification-code", &body);
        let code = browser.emulator.messages().pop().unwrap().code().unwrap().to_owned();
        (record, code)
    };
    let (by_email, by_phone) = (send(&mut browser, &email), send(&mut browser, &phone));
    let path = "/verification/verification-code/verify";
    let with = |identifier: &Value, record: &str, code: &str| json!({ "identifier": identifier, "verificationId": record, "code": code });
    let other = json!({ "type": "email", "value": "c@d.example" });
    let mismatch = (400, json!("verification_code.email_mismatch"));
    assert_eq!(browser.experience(Post, path, &with(&other, &by_email.0, &by_email.1)), mismatch);
    let missing = (404, json!("session.verification_session_not_found"));
    assert_eq!(browser.experience(Post, path, &with(&phone, &by_email.0, &by_email.1)), missing);
    browser.call(Post, path, &with(&email, &by_email.0, &by_email.1));
    browser.call(Post, path, &with(&phone, &by_phone.0, &by_phone.1));
    Ok(())
}

#[tokio::test]
async fn too_many_failures_block_an_identifier_for_a_while() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    let policy = json!({ "sentinelPolicy": { "maxAttempts": 5, "lockoutDuration": 10 } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&policy).await?;
    browser.start("SignIn", "openid");
    for _ in 0..5 {
        browser.experience(Post, "/verification/password", &by_password("ada", "wrong"));
    }
    let blocked = (400, json!("session.verification_blocked_too_many_attempts"));
    assert_eq!(browser.experience(Post, "/verification/password", &by_password("ada", PASSWORD)), blocked);
    let unblock = json!({ "targetType": "User", "targets": ["ada"] });
    emulator.client()?.operation("DeleteSentinelActivities")?.json(&unblock).await?;
    browser.verify("password", &by_password("ada", PASSWORD));
    for _ in 0..5 {
        browser.experience(Post, "/verification/password", &by_password("ada", "wrong"));
    }
    assert_eq!(browser.experience(Post, "/verification/password", &by_password("ada", PASSWORD)), blocked);
    emulator.advance(Duration::from_secs(601));
    browser.verify("password", &by_password("ada", PASSWORD));
    Ok(())
}

#[tokio::test]
async fn webhooks_learn_that_an_identifier_is_blocked() -> Result<()> {
    let received = Arc::new(Mutex::new(Vec::new()));
    let copy = Arc::clone(&received);
    let receiver = transport_fn(move |delivery: HttpRequest, _options| {
        copy.lock().unwrap().push(serde_json::from_slice::<Value>(&delivery.body.bytes()).unwrap());
        async { Ok::<_, TransportError>(HttpResponse::new(200)) }
    });
    let emulator = Emulator::builder().webhooks(receiver).build();
    ada(&emulator).await?;
    let admin = emulator.client()?;
    let hook = json!({ "events": ["Identifier.Lockout"], "config": { "url": "https://receiver.example" } });
    admin.operation("CreateHook")?.json(&hook).await?;
    admin.operation("UpdateSignInExp")?.json(&json!({ "sentinelPolicy": { "maxAttempts": 2 } })).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    for _ in 0..3 {
        browser.experience(Post, "/verification/password", &by_password("ada", "wrong"));
    }
    emulator.deliver().await;
    let received = std::mem::take(&mut *received.lock().unwrap());
    assert_eq!(received.len(), 2, "the second failure blocks, and the third one is blocked");
    let delivery = &received[0];
    assert_eq!(delivery["applicationId"], browser.application);
    assert!(delivery["sessionId"].as_str().is_some_and(|id| !id.is_empty()), "{delivery}");
    assert_eq!((&delivery["type"], &delivery["value"]), (&json!("username"), &json!("ada")));
    assert_eq!(delivery["interactionEvent"], "SignIn");
    Ok(())
}

#[tokio::test]
async fn users_register_with_a_new_username_and_password() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let path = "/verification/new-password-identity";
    let taken = (422, json!("user.username_already_in_use"));
    assert_eq!(browser.experience(Post, path, &by_password("ada", PASSWORD)), taken);
    let record = browser.verify("new-password-identity", &by_password("grace", PASSWORD));
    let values = json!({ "type": "extraProfile", "values": { "name": "Grace", "givenName": "Grace" } });
    browser.call(Post, "/profile", &values);
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert!(browser.submit().contains_key("code"));
    let users = emulator.client()?.users().list().search("grace").await?;
    let grace = users.iter().find(|user| user.username.as_deref() == Some("grace")).unwrap();
    assert_eq!((grace.name.as_deref(), grace.profile.given_name.as_deref()), (Some("Grace"), Some("Grace")));
    browser.sign_in("grace", PASSWORD, "openid");
    Ok(())
}

#[tokio::test]
async fn registration_names_what_is_missing() -> Result<()> {
    let emulator = Emulator::new();
    let mut browser = Browser::open(&emulator).await?;
    browser.start("Register", "openid");
    let missing = (422, json!("user.missing_profile"));
    assert_eq!(browser.experience(Post, "/identification", &json!({})), missing);
    browser.call(Post, "/profile", &json!({ "type": "username", "value": "grace" }));
    assert_eq!(browser.experience(Post, "/identification", &json!({})), missing);
    browser.call(Post, "/profile", &json!({ "type": "password", "value": PASSWORD }));
    browser.call(Post, "/identification", &json!({}));
    assert!(browser.submit().contains_key("code"));
    Ok(())
}

#[tokio::test]
async fn signed_in_users_cannot_replace_what_they_have() -> Result<()> {
    let emulator = Emulator::new();
    ada(&emulator).await?;
    let mut browser = Browser::open(&emulator).await?;
    browser.start("SignIn", "openid");
    let record = browser.verify("password", &by_password("ada", PASSWORD));
    let username = json!({ "type": "username", "value": "other" });
    assert_eq!(browser.experience(Post, "/profile", &username), (404, json!("session.identifier_not_found")));
    browser.call(Post, "/identification", &json!({ "verificationId": record }));
    assert_eq!(browser.experience(Post, "/profile", &username), (422, json!("user.username_exists_in_profile")));
    let event = json!({ "interactionEvent": "ForgotPassword" });
    let refused = (400, json!("session.not_supported_for_forgot_password"));
    assert_eq!(browser.experience(Put, "/interaction-event", &event), refused);
    Ok(())
}

#[tokio::test]
async fn forgotten_passwords_are_replaced_with_a_code() -> Result<()> {
    let emulator = Emulator::new();
    let id = ada(&emulator).await?;
    let admin = emulator.client()?;
    let connector = json!({ "connectorId": "mock-email-service", "config": {
        "apiKey": "k", "fromEmail": "a@b.co", "fromName": "n", "templates": [
            { "usageType": "SignIn", "type": "text/plain", "subject": "s", "content": "{{code}}" },
            { "usageType": "Register", "type": "text/plain", "subject": "s", "content": "{{code}}" },
            { "usageType": "ForgotPassword", "type": "text/plain", "subject": "s", "content": "{{code}}" },
            { "usageType": "Generic", "type": "text/plain", "subject": "s", "content": "{{code}}" },
        ],
    }});
    admin.operation("CreateConnector")?.json(&connector).await?;
    let email = json!({ "primaryEmail": "ada@example.com" });
    admin.operation("UpdateUser")?.path("userId", &id).json(&email).await?;

    let mut browser = Browser::open(&emulator).await?;
    browser.start("ForgotPassword", "openid");
    let identifier = json!({ "type": "email", "value": "ada@example.com" });
    let off = (422, json!("session.not_supported_for_forgot_password"));
    let proof = browser.prove_address(&identifier, "ForgotPassword");
    assert_eq!(browser.experience(Post, "/identification", &proof), off);
    let methods = json!({ "forgotPasswordMethods": ["EmailVerificationCode"] });
    admin.operation("UpdateSignInExp")?.json(&methods).await?;
    let sent = emulator.messages().len();
    let stranger = json!({ "type": "email", "value": "nobody@example.com" });
    browser.verify("verification-code", &json!({ "identifier": stranger, "interactionEvent": "ForgotPassword" }));
    assert_eq!(emulator.messages().len(), sent, "strangers get no message");
    let body = json!({ "identifier": identifier, "interactionEvent": "ForgotPassword" });
    let record = browser.verify("verification-code", &body);
    let with = |code: &str| json!({ "identifier": identifier, "verificationId": record, "code": code });
    let wrong = (400, json!("verification_code.code_mismatch"));
    assert_eq!(browser.experience(Post, "/verification/verification-code/verify", &with("wrong!")), wrong);
    let none = (400, json!("verification_code.not_found"));
    assert_eq!(browser.experience(Post, "/verification/verification-code/verify", &with("")), none);
    let by_record = json!({ "verificationId": record });
    let unverified = (400, json!("session.verification_failed"));
    assert_eq!(browser.experience(Post, "/identification", &by_record), unverified);
    let code = emulator.messages().last().unwrap().code().unwrap().to_owned();
    browser.verify("verification-code/verify", &with(&code));
    browser.call(Post, "/identification", &by_record);

    let same = json!({ "password": PASSWORD });
    assert_eq!(browser.experience(Put, "/profile/password", &same), (422, json!("user.same_password")));
    let missing = (422, json!("user.new_password_required_in_profile"));
    assert_eq!(browser.experience(Post, "/submit", &Value::Null), missing);
    browser.call(Put, "/profile/password", &json!({ "password": "copper-lantern-82-meadow" }));
    assert_eq!(browser.experience(Post, "/submit", &Value::Null).0, 204);
    browser.sign_in("ada", "copper-lantern-82-meadow", "openid");
    Ok(())
}

#[tokio::test]
async fn users_sign_in_by_email_address_or_phone_number_with_a_password_or_a_code() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    crate::connectors::sms_connector(&admin).await?;
    let method = |identifier: &str| json!({ "identifier": identifier, "password": true, "verificationCode": true, "isPasswordPrimary": true });
    let methods = json!({ "signIn": { "methods": [method("email"), method("phone")] } });
    admin.operation("UpdateSignInExp")?.json(&methods).await?;
    let ada = json!({
        "username": "ada", "primaryEmail": "ada@example.com", "primaryPhone": "12025550123", "password": PASSWORD,
    });
    admin.operation("CreateUser")?.json(&ada).await?;
    for (kind, value) in [("email", "ada@example.com"), ("phone", "12025550123")] {
        let identifier = json!({ "type": kind, "value": value });
        let mut browser = Browser::open(&emulator).await?;
        browser.start("SignIn", "openid");
        let record = browser.verify("password", &json!({ "identifier": identifier, "password": PASSWORD }));
        browser.call(Post, "/identification", &json!({ "verificationId": record }));
        assert!(browser.submit().contains_key("code"), "{kind}");

        let mut browser = Browser::open(&emulator).await?;
        browser.start("SignIn", "openid");
        let body = json!({ "identifier": identifier, "interactionEvent": "SignIn" });
        let record = browser.verify("verification-code", &body);
        let message = emulator.messages().pop().unwrap();
        assert_eq!(message.recipient, value);
        let body = json!({ "identifier": identifier, "verificationId": record, "code": message.code() });
        browser.verify("verification-code/verify", &body);
        browser.call(Post, "/identification", &json!({ "verificationId": record }));
        assert!(browser.submit().contains_key("code"), "{kind}");
    }
    Ok(())
}

/// Returns an emulator whose users register with an email address. They have what `more` requires.
async fn with_email_sign_up(more: Value) -> Result<Emulator> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    crate::connectors::email_connector(&admin).await?;
    let mut experience = json!({ "signUp": { "identifiers": ["email"], "password": false, "verify": true } });
    experience.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    admin.operation("UpdateSignInExp")?.json(&experience).await?;
    Ok(emulator)
}

/// Registers with a code, and returns the status and the code of the error.
fn register(browser: &mut Browser, email: &str) -> (u16, Value) {
    browser.start("Register", "openid");
    let send = json!({ "identifier": { "type": "email", "value": email }, "interactionEvent": "Register" });
    let sent = browser.experience(Post, "/verification/verification-code", &send);
    if sent.0 != 200 {
        return sent;
    }
    let record = browser.prove_address(&json!({ "type": "email", "value": email }), "Register");
    browser.experience(Post, "/identification", &record)
}

fn blocked(reason: &str) -> (u16, Value) {
    (422, json!(format!("session.email_blocklist.{reason}_not_allowed")))
}

#[tokio::test]
async fn blocked_addresses_do_not_register() -> Result<()> {
    let policy = json!({
        "blockSubaddressing": true,
        "customBlocklist": ["@bad.example", "eve@good.example"],
    });
    let emulator = with_email_sign_up(json!({ "emailBlocklistPolicy": policy })).await?;
    let mut browser = Browser::open(&emulator).await?;
    assert_eq!(register(&mut browser, "ada@bad.example"), blocked("email"));
    assert_eq!(register(&mut browser, "EVE@good.example"), blocked("email"));
    assert_eq!(register(&mut browser, "ada+1@good.example"), blocked("email_subaddressing"));
    assert_eq!(register(&mut browser, "ada@good.example").0, 201);
    assert_eq!(register(&mut browser, "ada@mailinator.com").0, 201, "disposable addresses are not recognized");
    browser.start("Register", "openid");
    // Codes for sign-ins go to all addresses.
    let mut profile = browser.prove_address(&json!({ "type": "email", "value": "bob@bad.example" }), "SignIn");
    profile["type"] = json!("email");
    assert_eq!(browser.experience(Post, "/profile", &profile), blocked("email"));
    // Existing users keep their addresses.
    let bob = json!({ "primaryEmail": "bob@bad.example" });
    emulator.client()?.operation("CreateUser")?.json(&bob).await?;
    let method =
        json!({ "identifier": "email", "password": true, "verificationCode": true, "isPasswordPrimary": false });
    let experience = json!({ "signIn": { "methods": [method] } });
    emulator.client()?.operation("UpdateSignInExp")?.json(&experience).await?;
    browser.start("SignIn", "openid");
    let record = browser.prove_address(&json!({ "type": "email", "value": "bob@bad.example" }), "SignIn");
    browser.call(Post, "/identification", &record);
    Ok(())
}

#[tokio::test]
async fn an_allowlist_refuses_all_other_addresses_and_does_not_overrule_the_blocklist() -> Result<()> {
    let policy = json!({
        "blockSubaddressing": true,
        "customAllowlist": ["@good.example", "ada@other.example"],
        "customBlocklist": ["eve@good.example"],
    });
    let emulator = with_email_sign_up(json!({ "emailBlocklistPolicy": policy })).await?;
    let mut browser = Browser::open(&emulator).await?;
    assert_eq!(register(&mut browser, "bob@other.example"), blocked("email"));
    assert_eq!(register(&mut browser, "eve@good.example"), blocked("email"));
    assert_eq!(register(&mut browser, "bob+1@good.example"), blocked("email_subaddressing"));
    assert_eq!(register(&mut browser, "bob@good.example").0, 201);
    assert_eq!(register(&mut browser, "ada@other.example").0, 201);
    Ok(())
}

#[tokio::test]
async fn new_users_fill_in_required_profile_fields() -> Result<()> {
    let emulator = with_email_sign_up(json!({})).await?;
    let admin = emulator.client()?;
    let part =
        |name: &str, required: bool| json!({ "name": name, "type": "Text", "required": required, "enabled": true });
    let parts = [part("givenName", true), part("middleName", false)];
    for field in [
        json!({ "name": "company", "type": "Text", "required": true }),
        json!({ "name": "seats", "type": "Number", "required": false, "config": {} }),
        json!({ "name": "website", "type": "Url", "required": true }),
        json!({ "name": "fullname", "type": "Fullname", "required": true, "config": { "parts": parts } }),
        json!({ "name": "motto", "type": "Text", "required": true }),
    ] {
        admin.operation("CreateCustomProfileField")?.json(&field).await?;
    }
    let names = ["company", "seats", "website", "fullname"].map(|name| json!({ "name": name }));
    admin.operation("UpdateSignInExp")?.json(&json!({ "signUpProfileFields": names })).await?;

    let mut browser = Browser::open(&emulator).await?;
    let missing = (422, json!("user.missing_profile"));
    assert_eq!(register(&mut browser, "ada@example.com"), missing);
    let record = browser.prove_address(&json!({ "type": "email", "value": "ada@example.com" }), "Register");
    let response = browser.send(Post, "/api/experience/identification", Some(&record));
    let refusal: Value = serde_json::from_str(&response.body.text()).unwrap();
    assert_eq!(refusal["data"], json!({ "missingProfile": ["extraProfile"] }));
    let fill = |browser: &mut Browser, values: Value| {
        browser.call(Post, "/profile", &json!({ "type": "extraProfile", "values": values }));
    };
    fill(&mut browser, json!({ "company": "ACME", "givenName": "Ada", "middleName": "" }));
    assert_eq!(browser.experience(Post, "/identification", &record), missing);
    fill(&mut browser, json!({ "website": "https://ada.example" }));
    assert_eq!(browser.experience(Post, "/identification", &record), missing, "the form replaces earlier values");
    for (values, reserved) in [
        (json!({ "preferredUsername": "a" }), "built_in_prop"),
        (json!({ "email": "a" }), "sign_in_identifier"),
        (json!({ "onboarding": "a" }), "custom_data"),
    ] {
        let refused = (400, json!(format!("custom_profile_fields.name_conflict_{reserved}")));
        let body = json!({ "type": "extraProfile", "values": values });
        assert_eq!(browser.experience(Post, "/profile", &body), refused);
    }
    let body = json!({ "type": "extraProfile", "values": { "avatar": "no URL" } });
    assert_eq!(browser.experience(Post, "/profile", &body).0, 500);
    let address = json!({ "country": "GB", "planet": "Earth" });
    fill(
        &mut browser,
        json!({ "company": "ACME", "givenName": "Ada", "middleName": "", "website": "https://ada.example", "address": address }),
    );
    browser.call(Post, "/identification", &json!({}));
    assert!(browser.submit().contains_key("code"));

    let ada = &admin.operation("ListUsers")?.query("search.primaryEmail", "ada@example.com").await?[0];
    assert_eq!(ada["customData"], json!({ "company": "ACME" }));
    assert_eq!(
        ada["profile"],
        json!({
            "givenName": "Ada", "middleName": "", "website": "https://ada.example", "address": { "country": "GB" },
        })
    );
    Ok(())
}
