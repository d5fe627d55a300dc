//! Scripts that customize tokens, without the feature `scripts`.

use logto_admin::Result;
use logto_admin::models::UpsertJwtCustomizer;
use logto_admin_emulator::Emulator;

use crate::browser::claims;

#[tokio::test]
async fn scripts_have_no_effect_without_the_feature() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    let script = UpsertJwtCustomizer::new("const getCustomJwtClaims = async () => ({ added: true });");
    client.configs().upsert_jwt_customizer("client-credentials", script).await?;
    let claims = claims(&emulator.client()?.access_token().await?.secret().into());
    assert!(claims["sub"] == emulator.app_id() && claims.get("added").is_none(), "{claims}");
    Ok(())
}
