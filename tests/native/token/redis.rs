//! Tokens in a real Redis server. Each test starts its own server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use logto_admin::token::{RedisTokenStore, StoreError, TokenStore};
use logto_admin::transport::{HttpResponse, Method};
use logto_admin::{Client, ClientBuilder, Endpoint, ErrorKind};
use logto_admin_test_support::{ENDPOINT, RedisServer, ScriptedTransport, token_answer};

const MINUTE: Duration = Duration::from_secs(60);

fn store(server: &RedisServer) -> RedisTokenStore {
    RedisTokenStore::new(&server.url()).unwrap()
}

/// Remaining lifetime of an entry, in milliseconds.
async fn life(server: &RedisServer, key: &str) -> i64 {
    let client = logto_admin::redis::Client::open(server.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    logto_admin::redis::cmd("PTTL").arg(key).query_async(&mut connection).await.unwrap()
}

/// A server that numbers its tokens and rejects one of them.
fn transport(refused: &'static str) -> ScriptedTransport {
    let calls = AtomicUsize::new(0);
    ScriptedTransport::new(move |request, options| {
        let bearer = request.headers.get("authorization").unwrap_or_default();
        let answer = if options.token_call {
            token_answer(&format!("token-{}", calls.fetch_add(1, Ordering::SeqCst) + 1), 3600)
        } else if bearer == format!("Bearer {refused}") {
            HttpResponse::new(401)
        } else {
            HttpResponse::json(200, "[]")
        };
        async { Ok(answer) }
    })
}

fn builder(transport: &ScriptedTransport) -> ClientBuilder {
    Client::builder(Endpoint::self_hosted(ENDPOINT))
        .client_credentials("app-id", "app-secret")
        .transport(transport.clone())
}

fn client(transport: &ScriptedTransport, store: impl TokenStore) -> Client {
    builder(transport).token_store(store).build().unwrap()
}

async fn secret(client: &Client) -> String {
    client.access_token().await.unwrap().secret().to_owned()
}

#[tokio::test]
async fn entries_can_be_set_removed_and_expire() {
    let server = RedisServer::start();
    let store = store(&server);
    assert_eq!(store.get("k").await.unwrap(), None);
    store.set("k", "a \u{1F600} text", None).await.unwrap();
    assert_eq!(store.get("k").await.unwrap().as_deref(), Some("a \u{1F600} text"));
    store.remove("k").await.unwrap();
    assert_eq!(store.get("k").await.unwrap(), None);
    store.set("k", "brief", Some(MINUTE)).await.unwrap();
    assert!((1..=60_000).contains(&life(&server, "k").await));
    store.set("k", "for ages", Some(Duration::MAX)).await.unwrap();
    assert!(life(&server, "k").await > 60_000);
    assert_eq!(format!("{store:?}"), "RedisTokenStore { .. }", "the URL can contain a password");
}

#[tokio::test]
async fn locks_have_one_owner_and_expire() {
    let server = RedisServer::start();
    let store = store(&server);
    assert!(store.try_lock("k", "ada", MINUTE).await.unwrap());
    assert!(!store.try_lock("k", "ada", MINUTE).await.unwrap(), "a lock that is held should not be acquired again");
    assert!(!store.try_lock("k", "bob", MINUTE).await.unwrap());
    store.unlock("k", "bob").await.unwrap();
    assert!(!store.try_lock("k", "bob", MINUTE).await.unwrap(), "only the owner should be able to unlock");
    assert!((1..=60_000).contains(&life(&server, "k:lock").await));
    store.unlock("k", "ada").await.unwrap();
    assert!(store.try_lock("k", "bob", MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_second_process_uses_the_token_of_the_first() {
    let server = RedisServer::start();
    let transport = transport("none");
    assert_eq!(secret(&client(&transport, store(&server))).await, "token-1");
    assert_eq!(secret(&client(&transport, store(&server))).await, "token-1");
    assert_eq!(transport.token_calls().len(), 1);
    let key = "logto-admin:token:http%3A%2F%2F127.0.0.1%3A9:app-id:https%3A%2F%2Fdefault.logto.app%2Fapi:all";
    assert!((3_500_000..=3_600_000).contains(&life(&server, key).await));
    assert_eq!(life(&server, &format!("{key}:lock")).await, -2, "the lock should be released");
}

/// A store that counts failed lock attempts and notifies the token endpoint when it can answer.
struct Contended {
    store: RedisTokenStore,
    turned_away: Arc<AtomicUsize>,
    enough: Arc<tokio::sync::Notify>,
}

const PROCESSES: usize = 50;

#[async_trait]
impl TokenStore for Contended {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.store.get(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        self.store.set(key, value, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.store.remove(key).await
    }

    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let taken = self.store.try_lock(key, owner, ttl).await?;
        if !taken && self.turned_away.fetch_add(1, Ordering::SeqCst) + 2 == PROCESSES {
            self.enough.notify_one();
        }
        Ok(taken)
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        self.store.unlock(key, owner).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_that_start_together_make_one_token_call() {
    let server = RedisServer::start();
    let (turned_away, enough) = (Arc::<AtomicUsize>::default(), Arc::<tokio::sync::Notify>::default());
    let gate = Arc::clone(&enough);
    let transport = ScriptedTransport::new(move |_, _| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            Ok(token_answer("shared", 3600))
        }
    });
    let process = || {
        let (turned_away, enough) = (Arc::clone(&turned_away), Arc::clone(&enough));
        client(&transport, Contended { store: store(&server), turned_away, enough })
    };
    let processes: Vec<Client> = (0..PROCESSES).map(|_| process()).collect();
    let tokens = join_all(processes.iter().map(secret)).await;
    assert!(tokens.iter().all(|token| token == "shared"));
    assert_eq!(transport.token_calls().len(), 1);
}

#[tokio::test]
async fn rejected_tokens_are_removed_from_the_store() {
    let server = RedisServer::start();
    let transport = transport("token-1");
    let (first, second) = (client(&transport, store(&server)), client(&transport, store(&server)));
    secret(&second).await;
    first.request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(secret(&client(&transport, store(&server))).await, "token-2");
    second.request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(transport.token_calls().len(), 2);
}

#[tokio::test]
async fn processes_fetch_their_own_token_if_the_server_is_down() {
    let mut server = RedisServer::start();
    server.kill();
    let transport = transport("none");
    let client = client(&transport, store(&server));
    client.request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(transport.token_calls().len(), 1);
}

#[tokio::test]
async fn token_calls_succeed_if_the_server_dies_meanwhile() {
    let server = Arc::new(std::sync::Mutex::new(RedisServer::start()));
    let killed = Arc::clone(&server);
    let transport = ScriptedTransport::new(move |_, options| {
        if options.token_call {
            killed.lock().unwrap().kill();
        }
        async move { Ok(if options.token_call { token_answer("token-1", 3600) } else { HttpResponse::json(200, "[]") }) }
    });
    let store = store(&server.lock().unwrap());
    client(&transport, store).request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(transport.token_calls().len(), 1);
}

#[tokio::test]
async fn tokens_stay_in_use_and_are_renewed_after_the_server_dies() {
    let mut server = RedisServer::start();
    let transport = transport("token-1");
    let client = client(&transport, store(&server));
    assert_eq!(secret(&client).await, "token-1");
    server.kill();
    assert_eq!(secret(&client).await, "token-1");
    client.request(Method::Get, "/api/users").await.unwrap();
    assert_eq!(secret(&client).await, "token-2");
}

#[test]
fn invalid_addresses_are_rejected_without_showing_them() {
    let error = RedisTokenStore::new("http://user:s3cret@redis").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
}

#[test]
fn use_without_a_tokio_runtime_is_an_error_not_a_panic() {
    let store = RedisTokenStore::new("redis://127.0.0.1:1/0").unwrap();
    assert!(futures_util::FutureExt::now_or_never(store.get("k")).unwrap().is_err());
    assert!(!format!("{store:?}").contains("127.0.0.1"));
}

#[tokio::test]
async fn values_that_are_no_text_are_replaced() {
    let server = RedisServer::start();
    let connection = logto_admin::redis::Client::open(server.url()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    let transport = transport("");
    secret(&client(&transport, store(&server))).await;
    let keys: Vec<String> = logto_admin::redis::cmd("KEYS").arg("*").query_async(&mut connection).await.unwrap();
    for (number, command) in [(2, "SET"), (3, "RPUSH")] {
        let _: i64 = logto_admin::redis::cmd("DEL").arg(&keys[0]).query_async(&mut connection).await.unwrap();
        let mut garbage = logto_admin::redis::cmd(command);
        let _: logto_admin::redis::Value =
            garbage.arg(&keys[0]).arg(&b"\xff\xfe"[..]).query_async(&mut connection).await.unwrap();
        // Two processes: the first replaces the value, and the second uses it.
        for _ in 0..2 {
            assert_eq!(secret(&client(&transport, store(&server))).await, format!("token-{number}"), "{command}");
        }
    }
}

#[tokio::test]
async fn a_lock_that_never_expires_is_not_a_lock() {
    let server = RedisServer::start();
    let store = store(&server);
    let connection = logto_admin::redis::Client::open(server.url()).unwrap();
    let mut connection = connection.get_multiplexed_async_connection().await.unwrap();
    for command in ["SET", "RPUSH"] {
        let mut garbage = logto_admin::redis::cmd(command);
        let _: logto_admin::redis::Value = garbage.arg("k:lock").arg("x").query_async(&mut connection).await.unwrap();
        assert!(store.try_lock("k", "ada", MINUTE).await.unwrap(), "{command}");
        assert!(!store.try_lock("k", "bob", MINUTE).await.unwrap(), "{command}");
        store.unlock("k", "ada").await.unwrap();
    }
}
