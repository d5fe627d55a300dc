//! The routes of other releases of Logto.

use logto_admin::operation::Release;
use logto_admin::{Client, Error, ErrorKind, Result};
use logto_admin_emulator::{Emulator, Server};

/// A client of an emulator with this release's routes, over HTTP.
async fn serve(release: Release) -> (Server, Client) {
    let server = Emulator::builder().release(release).build().serve().await.unwrap();
    let emulator = server.emulator();
    let builder = Client::builder(server.endpoint());
    let client = builder.client_credentials(emulator.app_id(), emulator.app_secret()).build().unwrap();
    (server, client)
}

async fn release_of(release: Release) -> Result<(Release, Release)> {
    let (_server, client) = serve(release).await;
    Ok(client.server_release().await?.into_inner())
}

#[tokio::test]
async fn the_release_of_a_server_is_told_by_its_operations() -> Result<()> {
    assert_eq!(release_of(Release::OLDEST).await?, (Release::OLDEST, Release::OLDEST));
    assert_eq!(release_of(Release::new(36)).await?, (Release::new(33), Release::new(36)));
    assert_eq!(release_of(Release::new(42)).await?, (Release::new(42), Release::new(42)));
    assert_eq!(release_of(Release::NEXT).await?, (Release::NEXT, Release::NEXT));
    Ok(())
}

fn hint(error: &Error) -> (Option<u16>, &str) {
    (error.status(), error.hint().unwrap_or_default())
}

#[tokio::test]
async fn an_operation_that_the_server_lacks_says_which_release_introduced_it() -> Result<()> {
    let (_server, client) = serve(Release::new(24)).await;
    // The path is unknown, and then only the method is.
    let error = client.custom_profile_fields().list().await.unwrap_err();
    assert_eq!(hint(&error), (Some(404), "check the release of the server: Logto 1.31 introduced this operation"));
    let error = client.users().list_sessions("u1").await.unwrap_err();
    assert_eq!(hint(&error), (Some(404), "check the release of the server: Logto 1.37 introduced this operation"));
    // An operation that the server has fails as usual.
    let error = client.users().get("nope").await.unwrap_err();
    assert_eq!((error.kind(), error.code(), error.hint()), (ErrorKind::Api, Some("entity.not_found"), None));

    let (_server, client) = serve(Release::new(42)).await;
    let client = client.with_cookies([("_interaction", "a")])?;
    let error = client.interaction().submit().await.unwrap_err();
    assert_eq!(error.code(), Some("session.not_found"), "newer servers have what their documents lack");
    Ok(())
}
