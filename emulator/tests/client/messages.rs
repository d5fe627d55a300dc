use std::sync::{Arc, Mutex};
use std::time::Duration;

use logto_admin::models::{
    CreateOrganization, CreateOrganizationInvitation, InvitationMessage, TestConnector, VerificationCodeRecipient,
    VerifyVerificationCode,
};
use logto_admin::serde_json::{Value, json};
use logto_admin::{Client, Result, Timestamp};
use logto_admin_emulator::{Channel, Emulator, Message};

use crate::connectors::email_connector;
use crate::{call, refused};

const ADA: &str = "ada@example.com";

fn ada() -> VerificationCodeRecipient {
    VerificationCodeRecipient { email: Some(ADA.into()), phone: None }
}

fn verification(code: &str) -> VerifyVerificationCode {
    VerifyVerificationCode { email: Some(ADA.into()), ..VerifyVerificationCode::new(code) }
}

/// Returns an emulator with an email connector, and its client.
async fn stage() -> Result<(Emulator, Client)> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    email_connector(&client).await?;
    Ok((emulator, client))
}

/// Returns the code in the last message.
fn last_code(emulator: &Emulator) -> String {
    emulator.messages().last().and_then(|message| message.code()).unwrap().to_owned()
}

#[tokio::test]
async fn codes_can_be_read_and_used_once() -> Result<()> {
    let (emulator, client) = stage().await?;
    let codes = client.verification_codes();
    codes.send(ada()).await?;
    let message = &emulator.messages()[0];
    assert_eq!((message.channel, message.usage.as_str()), (Channel::Email, "Generic"));

    let wrong = refused(codes.verify(verification("nope")).await);
    assert_eq!(wrong, (400, "verification_code.code_mismatch".into()));
    let code = last_code(&emulator);
    codes.verify(verification(&code)).await?;
    let used = refused(codes.verify(verification(&code)).await);
    assert_eq!(used, (400, "verification_code.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn codes_expire_and_are_replaced_by_newer_ones() -> Result<()> {
    let (emulator, client) = stage().await?;
    let codes = client.verification_codes();
    codes.send(ada()).await?;
    let first = last_code(&emulator);
    codes.send(ada()).await?;
    let replaced = refused(codes.verify(verification(&first)).await);
    assert_eq!(replaced, (400, "verification_code.code_mismatch".into()));
    emulator.advance(Duration::from_secs(600));
    let expired = refused(codes.verify(verification(&last_code(&emulator))).await);
    assert_eq!(expired, (400, "verification_code.expired".into()));
    Ok(())
}

#[tokio::test]
async fn the_policy_for_codes_counts_when_they_are_used() -> Result<()> {
    let (emulator, client) = stage().await?;
    let codes = client.verification_codes();
    codes.send(ada()).await?;
    emulator.advance(Duration::from_secs(100));
    let set = async |seconds: u32| -> Result<()> {
        let policy = json!({ "verificationCodePolicy": { "expirationDuration": seconds } });
        client.operation("UpdateSignInExp")?.json(&policy).await.map(|_: Value| ())
    };
    set(60).await?;
    let expired = refused(codes.verify(verification(&last_code(&emulator))).await);
    assert_eq!(expired, (400, "verification_code.expired".into()));
    set(120).await?;
    codes.verify(verification(&last_code(&emulator))).await?;
    Ok(())
}

#[tokio::test]
async fn a_code_can_be_tried_ten_times() -> Result<()> {
    let (emulator, client) = stage().await?;
    let codes = client.verification_codes();
    codes.send(ada()).await?;
    for _ in 0..10 {
        assert_eq!(refused(codes.verify(verification("nope")).await).1, "verification_code.code_mismatch");
    }
    let exceeded = refused(codes.verify(verification(&last_code(&emulator))).await);
    assert_eq!(exceeded, (400, "verification_code.exceed_max_try".into()));
    Ok(())
}

#[tokio::test]
async fn messages_require_a_connector_for_their_channel() -> Result<()> {
    let (_, client) = stage().await?;
    let phone = VerificationCodeRecipient { phone: Some("15550100".into()), email: None };
    let missing = refused(client.verification_codes().send(phone).await);
    assert_eq!(missing, (501, "connector.not_found".into()));
    Ok(())
}

#[tokio::test]
async fn a_recipient_gets_ten_messages_in_ten_minutes() -> Result<()> {
    let (emulator, client) = stage().await?;
    for _ in 0..10 {
        client.verification_codes().send(ada()).await?;
    }
    let limited = refused(client.verification_codes().send(ada()).await);
    assert_eq!(limited, (429, "request.message_rate_limited".into()));
    let other = VerificationCodeRecipient { email: Some("grace@example.com".into()), phone: None };
    client.verification_codes().send(other).await?;
    emulator.advance(Duration::from_secs(600));
    client.verification_codes().send(ada()).await?;
    Ok(())
}

#[tokio::test]
async fn the_messages_to_a_recipient_can_be_forgotten() -> Result<()> {
    let (_, client) = stage().await?;
    for _ in 0..10 {
        client.verification_codes().send(ada()).await?;
    }
    let forget = async |kind: &str| {
        let body = json!({ "targetType": kind, "targets": [ADA] });
        call(&client, "DeleteSentinelActivities", &[], body).await
    };
    forget("App").await?;
    assert_eq!(refused(client.verification_codes().send(ada()).await).0, 429);
    forget("User").await?;
    client.verification_codes().send(ada()).await
}

#[tokio::test]
async fn invitations_are_sent_if_they_have_a_message() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let organization = client.organizations().create(CreateOrganization::new("o")).await?.id;
    let expiry = Timestamp::from_millis(4_000_000_000_000);
    let silent = CreateOrganizationInvitation::new("silent@example.com", &*organization, expiry);
    client.organization_invitations().create(silent).await?;
    assert!(emulator.messages().is_empty());

    let message = InvitationMessage { link: Some("https://app.example.com/join".into()), ..Default::default() };
    let mut invitation = CreateOrganizationInvitation::new(ADA, &*organization, expiry);
    invitation.message_payload = Some(message.clone().into());
    let missing = (501, "connector.not_found".to_owned());
    assert_eq!(refused(client.organization_invitations().create(&invitation).await), missing);
    let mut with_role = invitation.clone();
    with_role.organization_role_ids = Some(vec!["nope".into()]);
    let unknown = (422, "entity.relation_foreign_key_not_found".to_owned());
    assert_eq!(refused(client.organization_invitations().create(&with_role).await), unknown, "before the message");
    email_connector(&client).await?;
    let created = client.organization_invitations().create(&invitation).await?;
    let sent = &emulator.messages()[0];
    assert_eq!(
        (sent.usage.as_str(), &sent.payload["link"]),
        ("OrganizationInvitation", &"https://app.example.com/join".into())
    );
    client.organization_invitations().send_message(&created.id, message).await?;
    assert_eq!(emulator.messages().len(), 2);
    Ok(())
}

#[tokio::test]
async fn invitations_and_test_messages_are_counted_apart_from_codes() -> Result<()> {
    let (emulator, client) = stage().await?;
    for _ in 0..10 {
        client.verification_codes().send(ada()).await?;
    }
    let limited = (429, "request.message_rate_limited".to_owned());
    assert_eq!(refused(client.verification_codes().send(ada()).await), limited);
    let organization = client.organizations().create(CreateOrganization::new("o")).await?.id;
    let expiry = Timestamp::from_millis(4_000_000_000_000);
    let mut invitation = CreateOrganizationInvitation::new(ADA, &*organization, expiry);
    invitation.message_payload = Some(InvitationMessage::default().into());
    let created = client.organization_invitations().create(&invitation).await?;
    let config = crate::object(json!({ "endpoint": "https://example.com/emails" }));
    for _ in 0..10 {
        let test = TestConnector { email: Some(ADA.into()), ..TestConnector::new(config.clone()) };
        client.connectors().test("http-email", test).await?;
    }
    let remind =
        async || client.organization_invitations().send_message(&created.id, InvitationMessage::default()).await;
    for _ in 0..9 {
        remind().await?;
    }
    assert_eq!(refused(remind().await), limited);
    emulator.advance(Duration::from_secs(600));
    remind().await
}

/// Sends a test message with a template for `SignIn` messages and a generic one. Returns its subject and content.
async fn filled(emulator: &Emulator, locale: &str) -> Result<[Option<String>; 2]> {
    let template = |usage: &str, subject: &str| json!({ "usageType": usage, "type": "text/plain", "subject": subject, "content": "Code: {{code}}, {{user.name}}" });
    let templates = json!([template("SignIn", "Sign in"), template("Generic", "Hello")]);
    let config = json!({ "apiKey": "a", "fromEmail": "b@example.com", "templates": templates });
    let test = json!({ "email": ADA, "config": config, "locale": locale });
    let call = emulator.client()?.operation("CreateConnectorTest")?.path("factoryId", "mock-email-service");
    let _: Value = call.json(&test).await?;
    let message = emulator.messages().pop().unwrap();
    Ok([message.subject(), message.content()])
}

#[tokio::test]
async fn messages_have_the_template_of_their_connector_or_a_custom_one_in_their_language() -> Result<()> {
    let emulator = Emulator::new();
    let text = |subject: &str, content: &str| [Some(subject.to_owned()), Some(content.to_owned())];
    assert_eq!(filled(&emulator, "en").await?, text("Hello", "Code: 000000, {{user.name}}"));
    assert_eq!(emulator.messages()[0].connector, "mock-email-service");

    let custom = |language: &str| {
        let details = json!({ "subject": language, "content": "{{ code }}" });
        json!({ "languageTag": language, "templateType": "Generic", "details": details })
    };
    let templates = json!({ "templates": [custom("en"), custom("de")] });
    let _: Value = emulator.client()?.operation("ReplaceEmailTemplates")?.json(&templates).await?;
    assert_eq!(filled(&emulator, "de").await?, text("de", "000000"));
    assert_eq!(filled(&emulator, "fr").await?, text("en", "000000"), "in the fallback language");
    assert_eq!(filled(&emulator, "en").await?, text("en", "000000"));
    Ok(())
}

#[tokio::test]
async fn a_listener_gets_each_message_before_the_response() -> Result<()> {
    let heard: Arc<Mutex<Vec<Message>>> = Arc::default();
    let listener = {
        let heard = Arc::clone(&heard);
        move |message: &Message| heard.lock().unwrap().push(message.clone())
    };
    let emulator = Emulator::builder().message_listener(listener).build();
    let client = emulator.client()?;
    email_connector(&client).await?;
    for _ in 0..2 {
        client.verification_codes().send(ada()).await?;
        assert_eq!(*heard.lock().unwrap(), emulator.messages());
    }
    refused::<()>(client.verification_codes().verify(verification("nope")).await);
    assert_eq!(heard.lock().unwrap().len(), 2);
    Ok(())
}
