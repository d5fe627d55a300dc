//! Tokens in a store. A stored token is read as it was written, and other texts are ignored.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::runtime::Runtime;
use logto_admin::token::{AccessToken, StoreError, TokenStore};
use logto_admin::transport::HttpResponse;
use logto_admin_test_support::{FakeRuntime, ScriptedTransport, builder};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::fields::{Fields, joined};

/// A store with one value.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<Option<String>>>);

#[async_trait]
impl TokenStore for Store {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        Ok(self.value())
    }

    async fn set(&self, _: &str, value: &str, _: Option<Duration>) -> Result<(), StoreError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.to_owned());
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}

impl Store {
    fn value(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "version=1&token=abc&expires_at=1795003600000&lifetime=3600000&scope=all",
        "version=1&token=a%22b%25&scope=&missing_scope=all%20else",
        "version=1&token=abc&expires_at=1794999999999&lifetime=1",
        "version=1&token=abc&expires_at=18446744073709551615&lifetime=18446744073709551615",
        "version=1&token=a%0Ab",
        "version=1&token=%FF",
        "version=2&token=abc",
        "token=abc&version=1&version=2",
        "version=1&token=",
        "",
        "{\"token\":\"abc\"}",
    ];
    let written = ["abc", "a-\"quoted\"&=%text", "x"].map(|token| joined(&["written", token, "all & more", "3600"]));
    texts.map(|text| joined(&["read", text])).into_iter().chain(written).collect()
}

pub fn check(data: &[u8]) {
    let mut fields = Fields::of(data);
    if fields.text() == "written" {
        let (token, scope) = (fields.text(), fields.text());
        let lifetime = fields.text().parse::<u32>().unwrap_or(3600).max(120);
        is_read_as_written(&token, &scope, lifetime);
    } else {
        is_read_or_ignored(&fields.text());
    }
}

/// Calls the API with a client that shares `store`. Returns the token that it used, and whether it requested it.
fn call(store: &Store, runtime: &FakeRuntime, issued: &HttpResponse) -> Option<(AccessToken, bool)> {
    let issued = issued.clone();
    let transport = ScriptedTransport::new(move |_, options| {
        let answer = if options.token_call { issued.clone() } else { HttpResponse::json(200, "[]") };
        async { Ok(answer) }
    });
    let client = builder(&transport, runtime).token_store(store.clone()).build().expect("the settings are valid");
    runtime.run(async { client.users().list().await }).ok()?;
    let sent = transport.api_calls()[0].headers.get("authorization").unwrap_or_default().to_owned();
    let token = runtime.run(async { client.access_token().await }).ok()?;
    assert_eq!(sent, format!("Bearer {}", token.secret()));
    Some((token, !transport.token_calls().is_empty()))
}

fn is_read_as_written(token: &str, scope: &str, lifetime: u32) {
    let (store, runtime) = (Store::default(), FakeRuntime::new());
    let body = json!({ "access_token": token, "scope": scope, "expires_in": lifetime });
    let issued = HttpResponse::json(200, body.to_string());
    let Some((written, true)) = call(&store, &runtime, &issued) else { return };
    let (read, is_requested) = call(&store, &runtime, &issued).expect("the stored token");
    assert!(!is_requested, "{:?} was not read", store.value());
    assert_eq!(read, written);
    assert_eq!((read.granted_scope(), read.missing_scope()), (written.granted_scope(), written.missing_scope()));
    assert_eq!(read.lifetime(), written.lifetime());
}

fn is_read_or_ignored(text: &str) {
    let (store, runtime) = (Store(Arc::new(Mutex::new(Some(text.to_owned())))), FakeRuntime::new());
    let issued = logto_admin_test_support::token_answer("issued", 3600);
    let now = u64::try_from(runtime.now().as_millis()).unwrap_or_default();
    let (used, is_requested) = call(&store, &runtime, &issued).expect("a stored or a requested token");
    if is_requested {
        assert_eq!(used.secret(), "issued");
        assert_ne!(store.value().as_deref(), Some(text), "the new token is stored");
        return;
    }
    assert_eq!(member(text, "version").as_deref(), Some("1"), "{text}");
    assert_eq!(member(text, "token").as_deref(), Some(used.secret()), "{text}");
    assert!(used.secret().bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    if let Some(end) = member(text, "expires_at") {
        assert!(end.parse::<u64>().is_ok_and(|end| end > now), "{text}");
    }
}

/// Returns the first member of a form with this name.
fn member(form: &str, name: &str) -> Option<String> {
    let value = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_decode_str(value).decode_utf8().ok().map(Into::into)
}
