//! Write a transport that wraps another one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use logto_admin::transport::{
    HttpRequest, HttpResponse, HttpTransport, Method, TransportError, TransportOptions, transport_fn,
};
use logto_admin::{Client, ClientBuilder, Endpoint, Result};
use logto_admin_emulator::Emulator;

use crate::{builder, sign_up};

// ANCHOR: wrapper
/// Logs every change: requests that do not just read.
struct Audited<T> {
    inner: T,
    log: Log,
}

/// The log. It could be a file, a table or a queue.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl<T: HttpTransport> HttpTransport for Audited<T> {
    async fn send(&self, request: HttpRequest, options: &TransportOptions) -> Result<HttpResponse, TransportError> {
        let is_change = request.method != Method::Get && !options.token_call;
        // This URL has no query, because queries can contain personal data.
        let line = format!("{} {}", request.method, request.redacted_url());
        let answer = self.inner.send(request, options).await;
        if is_change {
            let outcome = match &answer {
                Ok(response) => response.status.to_string(),
                Err(error) => error.to_string(),
            };
            self.log.write(format!("{line}: {outcome}"));
        }
        answer
    }
}
// ANCHOR_END: wrapper

// ANCHOR: client
fn audited(builder: ClientBuilder, inner: impl HttpTransport, log: Log) -> Result<Client> {
    builder.transport(Audited { inner, log }).build()
}
// ANCHOR_END: client

impl Log {
    fn write(&self, line: String) {
        self.lines().push(line);
    }

    fn lines(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// ANCHOR: closure
/// A client that gets the same answers every time.
fn canned() -> Result<Client> {
    let transport = transport_fn(|request, options| async move {
        Ok(match (options.token_call, request.url.ends_with("/api/users")) {
            (true, _) => HttpResponse::json(200, r#"{"access_token":"token","scope":"all"}"#),
            (false, true) => HttpResponse::json(200, "[]").header("total-number", "0"),
            (false, false) => HttpResponse::json(404, r#"{"code":"entity.not_found","message":"Not found."}"#),
        })
    });
    let endpoint = Endpoint::self_hosted("https://id.example.com");
    Client::builder(endpoint).client_credentials("app-id", "app-secret").transport(transport).build()
}
// ANCHOR_END: closure

#[tokio::test]
async fn only_changes_are_logged() -> Result<()> {
    let emulator = Emulator::new();
    let log = Log::default();
    let logto = audited(builder(&emulator, emulator.clone()), emulator.clone(), log.clone())?;
    sign_up(&logto, "ada@example.com").await?;
    assert!(sign_up(&logto, "ada@example.com").await.is_err());
    logto.users().list().search("%ada@example.com%").await?;

    let users = format!("POST {}/api/users", emulator.endpoint().url());
    assert_eq!(*log.lines(), [format!("{users}: 200"), format!("{users}: 422")]);
    Ok(())
}

#[tokio::test]
async fn closures_answer_from_anywhere() -> Result<()> {
    let logto = canned()?;
    assert_eq!(logto.users().list().await?.total, Some(0));
    assert!(logto.users().get("nobody").await.is_err_and(|error| error.is_not_found()));
    Ok(())
}
