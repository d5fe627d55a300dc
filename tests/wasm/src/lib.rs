//! Shared code of the wasm tests: sessions of the test server. It runs outside of their sandbox.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(clippy::expect_used, reason = "a test that cannot continue has failed")]

use std::time::Duration;

use logto_admin::transport::{FetchTransport, HttpRequest, HttpTransport, Method, TransportOptions};
use logto_admin::{Client, ClientBuilder, Endpoint, RetryPolicy};
use logto_admin_test_server::{Script, Seen};

/// A session of the test server.
#[derive(Clone, Debug)]
pub struct Session {
    url: String,
}

impl Session {
    /// Opens a session that plays this script.
    pub async fn open(script: &Script) -> Self {
        let body = serde_json::to_string(script).expect("the script can be serialized");
        Self { url: control(Method::Post, "open", body).await }
    }

    /// The URL to use as the client's endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns a client builder for this session. It has credentials and a minimal delay between attempts.
    pub fn client(&self, transport: impl HttpTransport) -> ClientBuilder {
        Client::builder(Endpoint::self_hosted(&self.url))
            .client_credentials("app-id", "app-secret")
            .transport(transport)
            .retry(RetryPolicy::default().waits(Duration::from_millis(1), Duration::from_millis(1)))
    }

    /// Waits until the session has seen this many requests and aborted requests. Returns all requests.
    pub async fn until(&self, requests: usize, aborted: usize) -> Vec<Seen> {
        let id = self.url.rsplit('/').next().unwrap_or_default();
        control(Method::Get, &format!("seen/{id}?requests={requests}&aborted={aborted}"), String::new()).await
    }

    /// The API calls so far.
    pub async fn api_calls(&self) -> Vec<Seen> {
        self.until(0, 0).await.into_iter().filter(|seen| !seen.is_token_call()).collect()
    }
}

/// Returns a URL that refuses connections.
pub async fn refusing_url() -> String {
    control(Method::Get, "refusing", String::new()).await
}

async fn control<T: serde::de::DeserializeOwned>(method: Method, path: &str, body: String) -> T {
    let mut request = HttpRequest::new(method, format!("{}/control/{path}", env!("LOGTO_TEST_SERVER")));
    request.body = body.into();
    let answer = FetchTransport::new().send(request, &TransportOptions::default()).await;
    let answer = answer.expect("the test server should be running (`cargo xtask test` starts it)");
    serde_json::from_str(&answer.body.text()).expect("the test server should answer with JSON")
}
