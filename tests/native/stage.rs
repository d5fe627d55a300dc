//! The stage of a test: a client, its clock, and its transport.

use std::future::IntoFuture;

use logto_admin::transport::{HttpRequest, HttpResponse};
use logto_admin::{Client, ClientBuilder};
use logto_admin_test_support::{FakeRuntime, IntoOutcome, ScriptedTransport, builder};

pub(crate) struct Stage {
    pub(crate) client: Client,
    pub(crate) transport: ScriptedTransport,
    pub(crate) runtime: FakeRuntime,
}

impl Stage {
    /// A client whose API calls are answered with `answers` in order.
    pub(crate) fn answering<A: IntoOutcome>(answers: impl IntoIterator<Item = A>) -> Self {
        Self::set_up(ScriptedTransport::answers(answers), |builder| builder)
    }

    /// A client that must not send anything.
    pub(crate) fn silent() -> Self {
        Self::silent_with(|builder| builder)
    }

    /// A client with custom settings that must not send anything.
    pub(crate) fn silent_with(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        Self::set_up(ScriptedTransport::answers::<HttpResponse>([]), settings)
    }

    /// A client with this transport and custom settings.
    pub(crate) fn set_up(transport: ScriptedTransport, settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let runtime = FakeRuntime::new();
        let client = settings(builder(&transport, &runtime)).build().expect("the settings of the test are valid");
        Self { client, transport, runtime }
    }

    /// Awaits a request, or any future, on the stage's clock.
    pub(crate) fn run<F: IntoFuture>(&self, request: F) -> F::Output {
        self.runtime.run(request.into_future())
    }

    /// The only request to the API.
    pub(crate) fn sent(&self) -> HttpRequest {
        let mut calls = self.transport.api_calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.remove(0)
    }

    /// Number of requests to the API.
    pub(crate) fn sends(&self) -> usize {
        self.transport.api_calls().len()
    }
}

/// A 200 answer with this JSON.
pub(crate) fn ok(text: &str) -> HttpResponse {
    HttpResponse::json(200, text)
}

/// An error answer in Logto's format.
pub(crate) fn refusal(status: u16, code: &str) -> HttpResponse {
    HttpResponse::json(status, format!(r#"{{"code":"{code}","message":"The request was rejected."}}"#))
}

/// An answer without a body.
pub(crate) fn status(status: u16) -> HttpResponse {
    HttpResponse::new(status)
}

/// A user in the API's format.
pub(crate) fn user(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","username":"ada","primaryEmail":"ada@example.com","primaryPhone":null,"name":"Ada","avatar":null,"customData":{{}},"identities":{{}},"lastSignInAt":null,"createdAt":1795489407742,"updatedAt":1795489407742,"profile":{{}},"applicationId":null,"isSuspended":false,"hasPassword":true}}"#
    )
}

/// A list of users with these ids, in the API's format.
pub(crate) fn users(ids: impl IntoIterator<Item = u32>) -> String {
    let users: Vec<String> = ids.into_iter().map(|id| user(&format!("user-{id}"))).collect();
    format!("[{}]", users.join(","))
}

/// The value of a header.
pub(crate) fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.get(name)
}

/// The path and query of a request, without scheme and host.
pub(crate) fn target(request: &HttpRequest) -> &str {
    request.url.strip_prefix(logto_admin_test_support::ENDPOINT).expect("a URL of the stage's endpoint")
}
