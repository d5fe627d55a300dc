//! Tokens in a store that processes share.

use std::sync::Arc;
use std::time::Duration;

use logto_admin::runtime::Runtime;
use logto_admin::token::{AccessToken, FixedToken, StoreError, TokenContext, TokenError, TokenSource, TokenStore};
use logto_admin::{Client, Endpoint};
use logto_admin_test_support::FakeRuntime;

use crate::deployment::Deployment;
use crate::memory::Memory;
use crate::stage::{HOUR, SECOND, Stage, down, endpoint, hourly, lasting, refusing};

#[test]
fn processes_use_the_token_of_another_process() {
    let deployment = Deployment::new(hourly);
    assert_eq!(deployment.process().secret(), "token-1");
    assert_eq!(deployment.store.log(), ["get", "lock", "get", "set", "unlock"]);
    deployment.runtime.advance(600 * SECOND);
    let second = deployment.process();
    assert_eq!(second.secret(), "token-1");
    assert_eq!(deployment.store.log(), ["get"]);
    let token = second.token().unwrap();
    assert_eq!((token.granted_scope(), token.lifetime()), (Some("all"), Some(HOUR)));
    assert_eq!(deployment.token_calls(), 1);
}

#[test]
fn clients_without_a_store_do_not_share_their_tokens() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, hourly);
    let clients = [(); 2].map(|()| Stage::set_up(&runtime, transport.clone(), |builder| builder));
    assert_eq!(clients.each_ref().map(Stage::secret), ["token-1", "token-2"]);
}

#[test]
fn shared_tokens_expire_at_the_same_time_for_all_processes() {
    let deployment = Deployment::new(hourly);
    let first = deployment.process();
    first.secret();
    deployment.runtime.advance(3000 * SECOND);
    let second = deployment.process();
    second.secret();
    deployment.runtime.advance(540 * SECOND);
    assert_eq!(second.secret(), "token-1");
    second.run(second.runtime.sleep(2 * SECOND));
    assert_eq!((second.secret().as_str(), deployment.token_calls()), ("token-2", 2));
    assert_eq!(first.secret(), "token-1", "the token should still be valid, and due for renewal");
    first.run(first.runtime.sleep(2 * SECOND));
    assert_eq!((first.secret().as_str(), deployment.token_calls()), ("token-2", 2));
}

#[test]
fn the_store_is_not_read_for_each_call() {
    let deployment = Deployment::new(hourly);
    let process = deployment.process();
    process.secret();
    deployment.store.log();
    for _ in 0..100 {
        process.call().unwrap();
    }
    assert!(deployment.store.log().is_empty());
}

#[test]
fn processes_that_start_together_make_one_token_call() {
    let deployment = Deployment::new(hourly);
    let tokens = deployment.tokens(&deployment.processes(20));
    assert!(tokens.iter().all(|token| token.as_ref().unwrap().secret() == "token-1"));
    assert_eq!(deployment.token_calls(), 1);
}

#[test]
fn entries_expire_with_the_token_and_do_not_contain_the_client_secret() {
    let deployment = Deployment::new(lasting(600));
    deployment.process().secret();
    let (key, value, end) = deployment.store.entry().unwrap();
    assert_eq!(key, "logto-admin:token:http%3A%2F%2F127.0.0.1%3A9:app-id:https%3A%2F%2Fdefault.logto.app%2Fapi:all");
    assert!(end.unwrap() <= deployment.runtime.monotonic() + 600 * SECOND);
    assert!(!value.contains("app-secret"), "{value}");
    let member = |name: &str| value.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
    assert_eq!((member("version"), member("token"), member("scope")), ("1", "token-1", "all"));
    let now = deployment.runtime.now().as_millis();
    assert!((now + 599_000..=now + 600_000).contains(&member("expires_at").parse().unwrap()), "{value}");
}

#[test]
fn scopes_resources_and_applications_have_separate_entries() {
    let deployment = Deployment::new(hourly);
    let build = |endpoint: Endpoint, id: &str, scope: Option<&str>| {
        let builder = Client::builder(endpoint).client_credentials(id, "s").scope(scope);
        let builder = builder.token_store(deployment.store.clone()).runtime(deployment.runtime.clone());
        builder.transport(deployment.transport.clone()).build().unwrap()
    };
    let own = || Endpoint::self_hosted("https://id.example.com");
    let clients = [
        build(own(), "a", Some("all")),
        build(own(), "b", Some("all")),
        build(own(), "a", None),
        build(own(), "a", Some("read")),
        build(own().with_resource("https://api.example"), "a", Some("all")),
        build(Endpoint::self_hosted("https://other.example.com"), "a", Some("all")),
    ];
    for client in &clients {
        deployment.runtime.run(client.access_token()).unwrap();
    }
    assert_eq!(deployment.token_calls(), clients.len());
    assert_eq!(deployment.store.0.lock().unwrap().entries.len(), clients.len());
}

#[test]
fn rejected_tokens_are_removed_from_the_store_and_not_reused() {
    let runtime = FakeRuntime::new();
    let transport = refusing(&["token-1"]);
    let store = Memory::new(&runtime);
    let process = || Stage::set_up(&runtime, transport.clone(), |builder| builder.token_store(store.clone()));
    let (first, second) = (process(), process());
    second.secret();
    first.call().unwrap();
    assert!(store.log().contains(&"remove"));
    assert!(store.entry().unwrap().1.contains("token-2"));
    second.call().unwrap();
    assert_eq!(
        second.sent_tokens(),
        ["token-1", "token-2", "token-1", "token-2"],
        "both processes should send both tokens in order"
    );
    assert_eq!(first.token_calls(), 2, "the second process should use the newer token of the first");
    assert!(!store.log().contains(&"remove"), "the newer token should not be removed");
}

#[test]
fn a_call_succeeds_if_its_token_and_the_one_in_the_store_are_rejected() {
    let runtime = FakeRuntime::new();
    let (transport, store) = (refusing(&["token-1", "token-2"]), Memory::new(&runtime));
    let process = || Stage::set_up(&runtime, transport.clone(), |builder| builder.token_store(store.clone()));
    let (first, second) = (process(), process());
    first.secret();
    store.fail(&["get"]);
    second.secret();
    store.fail(&[]);
    second.call().unwrap();
    assert_eq!(second.sent_tokens(), ["token-2", "token-1", "token-3"]);
}

#[test]
fn processes_fetch_their_own_token_if_the_store_is_down() {
    for failing in [&["get"][..], &["lock"], &["set"], &["unlock"], &["get", "lock", "set", "unlock", "remove"]] {
        let deployment = Deployment::new(hourly);
        deployment.store.fail(failing);
        let process = deployment.process();
        process.call().unwrap();
        assert_eq!((process.sent_tokens(), deployment.token_calls()), (vec!["token-1".to_owned()], 1), "{failing:?}");
    }
}

#[test]
fn a_hanging_store_times_out_after_two_seconds() {
    let deployment = Deployment::new(hourly);
    deployment.store.0.lock().unwrap().hanging = true;
    let process = deployment.process();
    process.call().unwrap();
    assert!(deployment.runtime.monotonic() < 4 * SECOND);
}

#[test]
fn a_temporary_failure_of_the_store_does_not_affect_renewals() {
    let deployment = Deployment::new(hourly);
    let process = deployment.process();
    process.secret();
    deployment.store.fail(&["get", "lock", "set", "unlock"]);
    deployment.runtime.advance(HOUR);
    assert_eq!(process.secret(), "token-2");
    deployment.store.fail(&[]);
    deployment.runtime.advance(HOUR);
    assert_eq!(process.secret(), "token-3");
    assert!(deployment.store.entry().unwrap().1.contains("token-3"), "the store should be used again");
}

#[test]
fn new_processes_use_a_due_token_while_the_endpoint_is_down() {
    let deployment = Deployment::new(|number| if number == 1 { hourly(1) } else { down() });
    deployment.process().secret();
    deployment.runtime.advance(HOUR - 30 * SECOND);
    let process = deployment.process();
    process.call().unwrap();
    assert_eq!(process.sent_tokens(), ["token-1"]);
}

#[test]
fn due_tokens_are_not_replaced_by_other_due_tokens() {
    let deployment = Deployment::new(hourly);
    let process = deployment.process();
    process.secret();
    let (key, text, end) = deployment.store.entry().unwrap();
    let older = text.replace("token-1", "another");
    deployment.runtime.run(deployment.store.set(&key, &older, end.map(|_| HOUR))).unwrap();
    deployment.runtime.advance(HOUR - 59 * SECOND);
    process.secret();
    process.run(process.runtime.sleep(2 * SECOND));
    assert_eq!((process.secret().as_str(), deployment.token_calls()), ("token-2", 2));
}

#[test]
fn refreshers_do_not_mistake_their_own_stored_token_for_a_new_one() {
    let deployment = Deployment::new(hourly);
    let process = deployment.process();
    let _refresher = process.client.keep_fresh_every(1000 * SECOND).unwrap();
    process.run(process.runtime.sleep(1010 * SECOND));
    assert_eq!((process.secret().as_str(), deployment.token_calls()), ("token-2", 2));
    let other = deployment.process();
    let _refresher = other.client.keep_fresh_every(1000 * SECOND).unwrap();
    other.run(other.runtime.sleep(500 * SECOND));
    assert_eq!((other.secret().as_str(), deployment.token_calls()), ("token-2", 2));
}

#[test]
fn invalid_entries_are_overwritten() {
    for broken in ["", "nonsense", "{}", r#"{"v":99,"token":"of the future"}"#] {
        let deployment = Deployment::new(hourly);
        deployment.process().secret();
        let (key, ..) = deployment.store.entry().unwrap();
        deployment.runtime.run(deployment.store.set(&key, broken, None)).unwrap();
        assert_eq!(deployment.process().secret(), "token-2", "{broken}");
        assert!(deployment.store.entry().unwrap().1.contains("token-2"));
    }
}

#[test]
fn tokens_of_sources_without_a_key_are_not_stored() {
    let deployment = Deployment::new(hourly);
    let stage = Stage::set_up(&deployment.runtime, deployment.transport.clone(), |builder| {
        builder.token_store(deployment.store.clone()).token_source(FixedToken::user("mine"))
    });
    stage.secret();
    assert!(deployment.store.log().is_empty());
}

#[cfg(feature = "tracing")]
#[test]
fn store_failures_are_logged() {
    let deployment = Deployment::new(hourly);
    deployment.store.fail(&["get"]);
    let process = deployment.process();
    let warnings = crate::tracing::warnings(|| drop(process.token()));
    assert!(warnings.iter().any(|line| line.contains("token store failed")), "{warnings:?}");
}

#[test]
fn a_token_that_no_header_can_carry_is_replaced() {
    let deployment = Deployment::new(hourly);
    deployment.process().secret();
    let (key, value, end) = deployment.store.entry().unwrap();
    let broken = value.replace("token-1", "token%0A1");
    deployment.store.0.lock().unwrap().entries.insert(key, (broken, end));
    assert_eq!(deployment.process().secret(), "token-2");
    assert_eq!(deployment.process().secret(), "token-2");
    assert_eq!(deployment.token_calls(), 2);
}

/// A store that panics.
struct Panicking;

#[async_trait::async_trait]
impl TokenStore for Panicking {
    async fn get(&self, _: &str) -> Result<Option<String>, StoreError> {
        panic!("no store")
    }

    async fn set(&self, _: &str, _: &str, _: Option<Duration>) -> Result<(), StoreError> {
        panic!("no store")
    }

    async fn remove(&self, _: &str) -> Result<(), StoreError> {
        panic!("no store")
    }
}

#[test]
fn a_store_that_panics_fails_no_call() {
    let runtime = FakeRuntime::new();
    let transport = endpoint(&runtime, Duration::ZERO, hourly);
    let stage = Stage::set_up(&runtime, transport, |builder| builder.token_store(Panicking));
    stage.call().unwrap();
    assert_eq!(stage.sent_tokens(), ["token-1"]);
}

/// A store that has no locks.
struct WithoutLocks(Memory);

#[async_trait::async_trait]
impl TokenStore for WithoutLocks {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.0.get(key).await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        self.0.set(key, value, ttl).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.0.remove(key).await
    }
}

#[test]
fn processes_do_not_wait_for_each_other_if_the_store_has_no_locks() {
    let deployment = Deployment::new(hourly);
    let store = || WithoutLocks(deployment.store.clone());
    let processes: Vec<_> = (0..3).map(|_| deployment.process_with(|builder| builder.token_store(store()))).collect();
    assert!(deployment.tokens(&processes).iter().all(Result::is_ok));
    assert_eq!(deployment.token_calls(), 3);
    assert!(deployment.runtime.monotonic() < 2 * SECOND);
}

#[test]
fn a_store_can_be_behind_a_pointer() {
    let deployment = Deployment::new(hourly);
    let store: Arc<dyn TokenStore> = Arc::new(deployment.store.clone());
    let process = || deployment.process_with(|builder| builder.token_store(Arc::clone(&store)));
    assert_eq!(process().secret(), "token-1");
    assert_eq!(deployment.store.log(), ["get", "lock", "get", "set", "unlock"]);
    assert_eq!(process().secret(), "token-1");
    let (key, ..) = deployment.store.entry().unwrap();
    deployment.runtime.run((&store as &dyn TokenStore).remove(&key)).unwrap();
    assert!(deployment.store.entry().is_none());
}

/// A source of tokens that have expired when they arrive.
struct Expired;

#[async_trait::async_trait]
impl TokenSource for Expired {
    async fn fetch(&self, _: &TokenContext<'_>) -> Result<AccessToken, TokenError> {
        Ok(AccessToken::new("expired").expires_in(Duration::ZERO))
    }

    fn cache_key(&self) -> Option<String> {
        Some("expired".to_owned())
    }
}

#[test]
fn a_token_that_has_expired_is_not_stored() {
    let deployment = Deployment::new(hourly);
    assert_eq!(deployment.process_with(|builder| builder.token_source(Expired)).secret(), "expired");
    assert_eq!(deployment.store.log(), ["get", "lock", "get", "unlock"]);
}
