use logto_admin::models::{ApplicationType, CreateApplication, CreateSecret, UpdateApplication};
use logto_admin::serde_json::json;
use logto_admin::{Client, Patch, Result, Timestamp};
use logto_admin_emulator::Emulator;

use crate::{client, refused};

#[tokio::test]
async fn applications_and_their_secrets_are_stored() -> Result<()> {
    let client = client();
    let app = client.applications().create(CreateApplication::new("robot", ApplicationType::MachineToMachine)).await?;
    let secrets = client.applications().list_secrets(&app.id).await?;
    assert_eq!((secrets.len(), secrets[0].name.as_str()), (1, "Default secret"));
    client.applications().create_secret(&app.id, CreateSecret::new("second")).await?;
    let twice = client.applications().create_secret(&app.id, CreateSecret::new("second")).await;
    assert_eq!(refused(twice), (422, "application.secret_name_exists".into()));
    client.applications().delete_secret(&app.id, "second").await?;
    let gone = client.applications().delete_secret(&app.id, "second").await;
    assert_eq!(refused(gone), (404, "entity.not_found".into()));

    let change = UpdateApplication { description: Patch::from("works"), ..Default::default() };
    assert_eq!(client.applications().update(&app.id, change).await?.description.as_deref(), Some("works"));
    assert_eq!(client.applications().list().types(["MachineToMachine"]).await?.len(), 2);
    assert!(client.applications().list().is_third_party(true).await?.is_empty());
    client.applications().delete(&app.id).await?;
    assert_eq!(refused(client.applications().list_secrets(&app.id).await), (404, "entity.not_exists_with_id".into()));
    Ok(())
}

#[tokio::test]
async fn public_applications_have_no_secrets() -> Result<()> {
    let client = client();
    let app = client.applications().create(CreateApplication::new("page", ApplicationType::Spa)).await?;
    assert!(client.applications().list_secrets(&app.id).await?.is_empty());
    let secret = client.applications().create_secret(&app.id, CreateSecret::new("a")).await;
    assert_eq!(refused(secret), (422, "entity.db_constraint_violated".into()));
    Ok(())
}

#[tokio::test]
async fn secrets_are_valid_until_they_expire() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let soon = Timestamp::from_millis(emulator.now().as_millis() + 60_000);
    let secret = CreateSecret { expires_at: Some(soon).into(), ..CreateSecret::new("short") };
    let secret = client.applications().create_secret("emulator-app", secret).await?;
    let with_secret = || {
        let builder = Client::builder(emulator.endpoint()).client_credentials("emulator-app", secret.value.as_str());
        builder.transport(emulator.clone()).build()
    };
    with_secret()?.access_token().await?;
    emulator.advance(std::time::Duration::from_secs(61));
    assert_eq!(refused(with_secret()?.access_token().await), (400, "invalid_request".into()));
    Ok(())
}

#[tokio::test]
async fn the_body_itself_is_the_custom_data() -> Result<()> {
    let client = client();
    let app = client.applications().create(CreateApplication::new("page", ApplicationType::Spa)).await?;
    let data = json!({ "k": [1] });
    let merged = client.operation("UpdateApplicationCustomData")?.path("applicationId", &app.id).json(&data).await?;
    assert_eq!(merged, data);
    Ok(())
}
