//! The emulator as an HTTP server, over a real connection.

use logto_admin::models::CreateUser;
use logto_admin::{Client, Result};
use logto_admin_emulator::{Emulator, Server};

async fn serve() -> Server {
    Emulator::new().serve().await.unwrap()
}

fn client(server: &Server) -> Result<Client> {
    let emulator = server.emulator();
    Client::builder(server.endpoint()).client_credentials(emulator.app_id(), emulator.app_secret()).build()
}

#[tokio::test]
async fn responses_over_http_match_the_transport() -> Result<()> {
    let server = serve().await;
    assert!(server.address().ip().is_loopback());
    let client = client(&server)?;
    let ada = client.users().create(CreateUser { username: Some("ada".into()), ..Default::default() }).await?;
    assert_eq!(server.emulator().client()?.users().get(&ada.id).await?, ada);
    let page = client.users().list().detailed().await?;
    assert_eq!(page.headers.get("total-number"), Some("1"));
    assert_eq!(client.users().get("a/b").await.err().unwrap().code(), Some("entity.not_found"));
    Ok(())
}

#[tokio::test]
async fn the_server_stops_on_request_and_when_dropped() -> Result<()> {
    let server = serve().await;
    let client = client(&server)?;
    client.access_token().await?;
    let address = server.address();
    server.stop().await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());

    let server = serve().await;
    let address = server.address();
    drop(server);
    tokio::task::yield_now().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    Ok(())
}
