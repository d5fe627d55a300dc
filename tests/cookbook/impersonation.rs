//! Act as a user, for support.

use logto_admin::models::{
    ApplicationType, CreateApplication, CreateSecret, CreateSubjectToken, CustomClientMetadata, OidcClientMetadata,
    UpdateApplication, UpdateProfile,
};
use logto_admin::token::{ClientCredentials, TokenError, TokenExchange};
use logto_admin::{Client, ClientBuilder, ErrorKind, Result};
use logto_admin_emulator::Emulator;
use serde_json::{Map, Value, json};

use crate::account_api::enable_account_api;
use crate::{builder, recorded, sign_up};

// ANCHOR: application
/// Creates an application that may exchange tokens, and returns its credentials. Run this once.
async fn create_application(admin: &Client) -> Result<ClientCredentials> {
    let application = CreateApplication {
        custom_client_metadata: Some(CustomClientMetadata { allow_token_exchange: Some(true), ..Default::default() }),
        // Logto requires a redirect URI of web applications, although token exchange does not use it.
        oidc_client_metadata: Some(OidcClientMetadata::new(vec!["https://support.example.com".into()], Vec::new())),
        ..CreateApplication::new("Support", ApplicationType::Traditional)
    };
    let application = admin.applications().create(application).await?;
    credentials(admin, &application.id).await
}

/// Returns the credentials of an application. Logto creates its first secret together with the application.
async fn credentials(admin: &Client, application_id: &str) -> Result<ClientCredentials> {
    let secrets = admin.applications().list_secrets(application_id).await?;
    let secret = match secrets.into_iter().next() {
        Some(secret) => secret,
        None => admin.applications().create_secret(application_id, CreateSecret::new("Token exchange")).await?,
    };
    Ok(ClientCredentials::new(application_id, secret.value))
}
// ANCHOR_END: application

// ANCHOR: allow
/// Allows an existing application to exchange tokens.
async fn allow_token_exchange(admin: &Client, application_id: &str) -> Result<()> {
    let application = admin.applications().get(application_id).await?;
    // Logto replaces these settings as a whole, so the change includes the current ones.
    let settings = CustomClientMetadata { allow_token_exchange: Some(true), ..application.custom_client_metadata };
    let change = UpdateApplication { custom_client_metadata: Some(settings), ..Default::default() };
    admin.applications().update(application_id, change).await?;
    Ok(())
}
// ANCHOR_END: allow

// ANCHOR: impersonate
/// Returns a client that acts as a user. `builder` is a builder for the same endpoint as that of `admin`.
fn act_as(user_id: &str, admin: Client, application: ClientCredentials, builder: ClientBuilder) -> Result<Client> {
    let exchange = TokenExchange::impersonating(admin, user_id, application).scope("openid profile email");
    builder.token_source(exchange).build()
}
// ANCHOR_END: impersonate

// ANCHOR: context
/// Like `act_as`, but passes on who acts as the user. Token scripts in Logto can read this context.
fn act_as_on_behalf(
    user_id: &str,
    agent: &str,
    admin: Client,
    application: ClientCredentials,
    builder: ClientBuilder,
) -> Result<Client> {
    let context = Map::from_iter([("agent".to_owned(), json!(agent))]);
    let subject = CreateSubjectToken { context: Some(context), ..CreateSubjectToken::new(user_id) };
    let exchange = TokenExchange::with_subject_tokens(application, move || {
        let request = admin.subject_tokens().create(&subject);
        async move { request.await.map(|created| created.subject_token).map_err(TokenError::SubjectToken) }
    });
    builder.token_source(exchange.scope("openid profile email")).build()
}
// ANCHOR_END: context

/// Returns the credentials of an application that may exchange tokens, for the tests of other recipes.
pub(crate) async fn exchanging_application(admin: &Client) -> Result<ClientCredentials> {
    create_application(admin).await
}

#[tokio::test]
async fn the_client_is_the_user_and_nobody_else() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    enable_account_api(&admin).await?;
    let ada = sign_up(&admin, "ada@example.com").await?;
    let application = create_application(&admin).await?;
    let as_ada = act_as(&ada.id, admin.clone(), application, builder(&emulator, emulator.clone()))?;

    assert_eq!(as_ada.my_account().get_profile().await?.id.as_deref(), Some(ada.id.as_str()));
    let change = UpdateProfile { name: "Ada".into(), ..Default::default() };
    as_ada.my_account().update_profile(change).await?;
    assert_eq!(admin.users().get(&ada.id).await?.name.as_deref(), Some("Ada"));

    // The Management API requires an application's token. The call fails before anything is sent.
    let error = as_ada.users().list().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Authentication, 0));
    Ok(())
}

#[tokio::test]
async fn the_secret_of_the_application_is_the_one_that_logto_created() -> Result<()> {
    let admin = Emulator::new().client()?;
    create_application(&admin).await?;
    let applications = admin.applications().list().await?;
    let support = applications.iter().find(|application| application.name == "Support").expect("an application");
    let secrets = admin.applications().list_secrets(&support.id).await?;
    assert_eq!(secrets.len(), 1, "there should be no further secret");

    // An application without a secret gets one.
    admin.applications().delete_secret(&support.id, &secrets[0].name).await?;
    credentials(&admin, &support.id).await?;
    let created = admin.applications().list_secrets(&support.id).await?;
    assert_eq!(created.len(), 1);
    assert_ne!(created[0].value, secrets[0].value);
    Ok(())
}

#[tokio::test]
async fn an_existing_application_needs_the_permission_and_keeps_its_other_settings() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    enable_account_api(&admin).await?;
    let ada = sign_up(&admin, "ada@example.com").await?;
    let web = CreateApplication {
        custom_client_metadata: Some(CustomClientMetadata { rotate_refresh_token: Some(false), ..Default::default() }),
        oidc_client_metadata: Some(OidcClientMetadata::new(vec!["https://web.example.com".into()], Vec::new())),
        ..CreateApplication::new("Web", ApplicationType::Traditional)
    };
    let web = admin.applications().create(web).await?;
    let application = credentials(&admin, &web.id).await?;
    let as_ada = act_as(&ada.id, admin.clone(), application.clone(), builder(&emulator, emulator.clone()))?;
    let error = as_ada.my_account().get_profile().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Token, Some("invalid_request")), "{error}");

    allow_token_exchange(&admin, &web.id).await?;
    let as_ada = act_as(&ada.id, admin.clone(), application, builder(&emulator, emulator.clone()))?;
    assert_eq!(as_ada.my_account().get_profile().await?.id, Some(ada.id));
    let settings = admin.applications().get(&web.id).await?.custom_client_metadata;
    assert_eq!((settings.rotate_refresh_token, settings.allow_token_exchange), (Some(false), Some(true)));
    Ok(())
}

#[tokio::test]
async fn each_renewal_exchanges_a_new_subject_token() -> Result<()> {
    let emulator = Emulator::new();
    let admin = emulator.client()?;
    enable_account_api(&admin).await?;
    let ada = sign_up(&admin, "ada@example.com").await?;
    let application = create_application(&admin).await?;
    let transport = recorded(&emulator);
    let as_ada = act_as(&ada.id, admin, application, builder(&emulator, transport.clone()))?;
    as_ada.my_account().get_profile().await?;
    emulator.advance(std::time::Duration::from_secs(2 * 60 * 60));
    as_ada.my_account().get_profile().await?;
    assert_eq!(transport.token_calls().len(), 2);
    Ok(())
}

#[tokio::test]
async fn subject_tokens_name_the_agent() -> Result<()> {
    let emulator = Emulator::new();
    let transport = recorded(&emulator);
    let admin = builder(&emulator, transport.clone()).build()?;
    enable_account_api(&admin).await?;
    let ada = sign_up(&admin, "ada@example.com").await?;
    let application = create_application(&admin).await?;
    let client = builder(&emulator, emulator.clone());
    let as_ada = act_as_on_behalf(&ada.id, "grace", admin, application, client)?;
    assert_eq!(as_ada.my_account().get_profile().await?.id, Some(ada.id));

    let calls = transport.api_calls();
    let created = calls.iter().find(|call| call.url.ends_with("/api/subject-tokens")).expect("a subject token");
    let body: Value = serde_json::from_slice(&created.body.bytes()).expect("a JSON body");
    assert_eq!(body["context"]["agent"], "grace");
    Ok(())
}
