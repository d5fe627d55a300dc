//! The example of the README.

use logto_admin::models::CreateUser;
use logto_admin_emulator::Emulator;

#[tokio::test]
async fn usernames_are_unique() -> logto_admin::Result<()> {
    let client = Emulator::new().client()?;
    let ada = CreateUser { username: Some("ada".into()), ..Default::default() };
    client.users().create(&ada).await?;
    assert!(client.users().create(&ada).await.is_err_and(|error| error.is_conflict()));
    Ok(())
}
