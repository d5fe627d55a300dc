//! The emulator as an HTTP server, over a real connection.

use std::io::Write as _;

use logto_admin::models::CreateUser;
use logto_admin::serde_json::{Value, json};
use logto_admin::transport::{HttpRequest, Method};
use logto_admin::{Client, Result};
use logto_admin_emulator::{Emulator, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
async fn compressed_bodies_are_read() -> Result<()> {
    let emulator = Emulator::new();
    let token = emulator.client()?.access_token().await?;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(br#"{"username":"ada"}"#).unwrap();
    let mut request = HttpRequest::new(Method::Post, "http://logto/api/users");
    request.headers.set("authorization", format!("Bearer {}", token.secret()));
    request.headers.set("content-encoding", "gzip");
    request.body = encoder.finish().unwrap().into();
    assert!(emulator.handle(&request).body.text().contains(r#""username":"ada""#));
    Ok(())
}

#[tokio::test]
async fn the_server_stops_on_request_and_when_dropped() -> Result<()> {
    let server = serve().await;
    let client = client(&server)?;
    client.access_token().await?;
    let address = server.address();
    server.stop().await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());

    let server = serve().await;
    let address = server.address();
    drop(server);
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(address).await.is_err());
    Ok(())
}

/// Sends bytes over a new connection. Returns everything that the server sends until it closes the connection.
async fn exchange(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    // The server might close the connection before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn the_server_stops_although_peers_hold_connections_open() {
    let server = serve().await;
    let mut peers = Vec::new();
    for begun in ["", "GET /api/users HT", "POST /oidc/token HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf"] {
        let mut peer = TcpStream::connect(server.address()).await.unwrap();
        peer.write_all(begun.as_bytes()).await.unwrap();
        peers.push(peer);
    }
    // An exchange on another connection: the server has accepted the peers before it.
    exchange(&server, post("/oidc/token", "").as_bytes()).await;
    server.stop().await.unwrap();
    for mut peer in peers {
        let mut rest = Vec::new();
        let _ = peer.read_to_end(&mut rest).await;
        assert!(rest.is_empty());
    }
}

#[tokio::test]
async fn other_requests_are_answered_while_a_digest_is_computed() -> Result<()> {
    let server = serve().await;
    let admin = server.emulator().client()?;
    let digest = r#"["pbkdf2",["salt","500000","20","sha512","@"],"0ecb3c32f57685303ff0878481d223bc1a16eb13"]"#;
    let user = json!({ "passwordAlgorithm": "Legacy", "passwordDigest": digest });
    let user = admin.operation("CreateUser")?.json(&user).await?["id"].as_str().unwrap().to_owned();
    let body = r#"{"password":"wrong"}"#;
    let slow = format!(
        "POST /api/users/{user}/password/verify HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\n\r\n{body}",
        admin.access_token().await?.secret(),
        body.len()
    );
    others_are_answered_before(&server, &slow).await;
    server.stop().await.unwrap();
    Ok(())
}

#[cfg(feature = "scripts")]
#[tokio::test]
async fn other_requests_are_answered_while_a_script_runs() -> Result<()> {
    let server = serve().await;
    let admin = server.emulator().client()?;
    let script = "const getCustomJwtClaims = async () => { let n = 0; while (n < 3e6) n += 1; return { n }; };";
    let customizer = logto_admin::models::UpsertJwtCustomizer::new(script);
    admin.configs().upsert_jwt_customizer("client-credentials", customizer).await?;
    let form = "grant_type=client_credentials&scope=all&resource=https://default.logto.app/api&\
                client_id=emulator-app&client_secret=emulator-secret";
    let slow =
        post("/oidc/token", form).replace("host: a", "host: a\r\ncontent-type: application/x-www-form-urlencoded");
    others_are_answered_before(&server, &slow).await;
    // The request is a slow one: the script ends, and its answer is a token.
    let answer = exchange(&server, slow.as_bytes()).await;
    assert!(answer.contains("access_token"), "{answer}");
    server.stop().await.unwrap();
    Ok(())
}

/// Sends a slow request. Panics if it is answered before others that are sent later. This test and the server share one
/// thread.
async fn others_are_answered_before(server: &Server, slow: &str) {
    tokio::select! {
        biased;
        answer = exchange(server, slow.as_bytes()) => panic!("the slow request was answered first: {answer}"),
        answer = async {
            // The server has accepted the slow request before these.
            for _ in 0..3 {
                exchange(server, post("/oidc/token", "").as_bytes()).await;
            }
        } => answer,
    }
}

#[tokio::test]
async fn malformed_requests_do_not_stop_the_server() {
    let server = serve().await;
    for malformed in [
        &b"\r\n\r\n"[..],
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/users HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: a\r\n\r\n",
        b"POST /oidc/token HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let _ = stream.write_all(malformed).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{malformed:?}: {answer}");
    }
    let unknown = exchange(&server, b"BREW / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(unknown.starts_with("HTTP/1.1 501"), "{unknown}");
    assert!(client(&server).unwrap().access_token().await.is_ok());
}

#[tokio::test]
async fn large_heads_and_bodies_get_the_statuses_of_the_real_server() {
    let server = serve().await;
    let head = format!("GET / HTTP/1.1\r\nhost: a\r\ncookie: {}\r\n\r\n", "a".repeat(20_000));
    let answer = exchange(&server, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");

    let token = client(&server).unwrap().access_token().await.unwrap();
    for length in [(1 << 20) + 1, 33 << 20] {
        let head = format!(
            "POST /api/users HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-type: \
             application/json\r\ncontent-length: {length}\r\n\r\n",
            token.secret()
        );
        let answer = exchange(&server, &[head.as_bytes(), &vec![b' '; length]].concat()).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(answer.contains("text/plain") && answer.ends_with("Not Found"), "{answer}");
    }
}

#[tokio::test]
async fn responses_name_the_methods_of_a_path() {
    let server = serve().await;
    let ask = async |request: &str| exchange(&server, request.as_bytes()).await.to_ascii_lowercase();
    let head = "host: a\r\nconnection: close\r\norigin: https://x.example\r\n";
    let wrong = ask(&format!("DELETE /api/status HTTP/1.1\r\n{head}\r\n")).await;
    assert!(wrong.starts_with("http/1.1 405") && wrong.contains("allow: head, get\r\n"), "{wrong}");
    let asked = "access-control-request-method: POST\r\n";
    for headers in ["", asked] {
        let methods = ask(&format!("OPTIONS /api/users HTTP/1.1\r\n{head}{headers}\r\n")).await;
        assert!(methods.starts_with("http/1.1 200") && methods.contains("allow: post, head, get\r\n"), "{methods}");
        assert!(methods.contains("logto-core-request-id: ") && !methods.contains("access-control"), "{methods}");
    }
    let unknown = ask(&format!("OPTIONS /api/nope HTTP/1.1\r\n{head}\r\n")).await;
    assert!(unknown.starts_with("http/1.1 404"), "{unknown}");
    let open = ask(&format!("OPTIONS /oidc/token HTTP/1.1\r\n{head}{asked}\r\n")).await;
    assert!(open.starts_with("http/1.1 204") && open.contains("access-control-allow-methods: "), "{open}");
}

#[tokio::test]
async fn requests_can_have_many_headers() {
    let server = serve().await;
    let headers: String = (0..500).map(|number| format!("x-{number}: a\r\n")).collect();
    let request = format!("GET /api/status HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n");
    let answer = exchange(&server, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_clients_are_served_at_once() -> Result<()> {
    let server = serve().await;
    let client = client(&server)?;
    client.access_token().await?;
    let calls = (0..200).map(|number| {
        let user = CreateUser { username: Some(format!("user_{number}")), ..Default::default() };
        client.users().create(user).into_future()
    });
    let users = futures_util::future::try_join_all(calls).await?;
    assert_eq!(users.len(), 200);
    assert_eq!(client.users().list().detailed().await?.headers.get("total-number"), Some("200"));
    Ok(())
}

#[tokio::test]
async fn pages_of_other_origins_can_call_the_provider_and_the_account_api() {
    let server = serve().await;
    let ask = async |request: &str| {
        let head = format!("{request} HTTP/1.1\r\nhost: a\r\norigin: https://app.example\r\nconnection: close\r\n");
        exchange(&server, format!("{head}access-control-request-headers: authorization\r\n\r\n").as_bytes()).await
    };
    for path in ["/oidc/token", "/api/my-account"] {
        let permitted = ask(&format!("OPTIONS {path}")).await;
        assert!(permitted.starts_with("HTTP/1.1 204"), "{permitted}");
        assert!(permitted.contains("access-control-allow-origin: https://app.example"), "{permitted}");
        assert!(permitted.contains("access-control-allow-headers: authorization"), "{permitted}");
    }
    assert!(ask("GET /oidc/jwks").await.contains("access-control-allow-origin: https://app.example"));
    for request in ["OPTIONS /api/users", "GET /api/users"] {
        assert!(!ask(request).await.contains("access-control-allow-origin"), "{request}");
    }
}

#[tokio::test]
async fn pages_call_the_token_endpoint_from_an_origin_of_their_application() -> Result<()> {
    let server = serve().await;
    let client = server.emulator().client()?;
    let application: Value = client
        .operation("CreateApplication")?
        .json(&json!({
            "name": "page", "type": "SPA",
            "oidcClientMetadata": { "redirectUris": ["https://*.app.example/cb"], "postLogoutRedirectUris": [] },
            "customClientMetadata": { "corsAllowedOrigins": ["https://other.example"] },
        }))
        .await?;
    let id = application["id"].as_str().unwrap();
    let body = format!("client_id={id}&grant_type=authorization_code&code=x");
    let ask = async |origin: &str| {
        let head = format!("host: a\r\norigin: {origin}\r\nconnection: close\r\ncontent-length: {}", body.len());
        exchange(&server, format!("POST /oidc/token HTTP/1.1\r\n{head}\r\n\r\n{body}").as_bytes()).await
    };
    for origin in ["https://x.app.example", "https://other.example", "http://a"] {
        let answer = ask(origin).await;
        assert!(answer.contains(&format!("access-control-allow-origin: {origin}\r\n")), "{answer}");
        assert!(answer.contains("invalid_grant"), "{answer}");
    }
    for origin in ["https://app.example", "http://x.app.example", "null"] {
        let answer = ask(origin).await;
        assert!(!answer.contains("access-control-allow-origin"), "{answer}");
        assert!(answer.contains(&format!("origin {origin} not allowed for client: {id}")), "{answer}");
    }
    Ok(())
}
