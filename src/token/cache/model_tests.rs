//! The cache in all orders of its callers, as far as random orders find them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt;
use shuttle::future::{block_on, yield_now};

use super::*;
use crate::runtime::model::{self, ModelRuntime};
use crate::token::TokenError;

const CALLERS: usize = 3;
const LIFETIME: Duration = Duration::from_secs(100);

/// An issuer that numbers its tokens. The first ones fail.
struct Numbered {
    fetched: Arc<AtomicU32>,
    failures: u32,
}

#[async_trait]
impl TokenIssuer for Numbered {
    async fn issue(&self) -> Result<AccessToken, TokenError> {
        let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
        yield_now().await;
        if number <= self.failures {
            return Err(TokenError::other("not now"));
        }
        Ok(AccessToken::new(format!("token-{number}")).expires_in(LIFETIME))
    }

    fn kind(&self) -> TokenKind {
        TokenKind::Unknown
    }

    fn is_renewable(&self) -> bool {
        true
    }
}

/// A cache, and how many tokens its issuer was asked for.
fn cache(runtime: ModelRuntime, failures: u32) -> (TokenCache, Arc<AtomicU32>) {
    let fetched = Arc::new(AtomicU32::new(0));
    let issuer = Box::new(Numbered { fetched: Arc::clone(&fetched), failures });
    let options = TokenCacheOptions { issuer, leeway: None, lease: None, slot: None, lock_ttl: None };
    (TokenCache::new(options, Arc::new(runtime)), fetched)
}

fn secret(cache: &TokenCache) -> String {
    block_on(cache.get()).unwrap().secret().to_owned()
}

fn share_one_renewal(runtime: &ModelRuntime) {
    let (cache, fetched) = cache(runtime.clone(), 0);
    model::on_threads(CALLERS, move |_| assert_eq!(secret(&cache), "token-1"));
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
}

#[test]
fn callers_share_one_renewal() {
    model::check(|| share_one_renewal(&ModelRuntime::default()));
}

#[test]
fn a_dropped_caller_does_not_stop_the_others() {
    for runtime in [ModelRuntime::default(), ModelRuntime::dropping_tasks()] {
        model::check(move || {
            let (cache, _) = cache(runtime.clone(), 0);
            model::on_threads(CALLERS, move |number| match number {
                0 => drop(cache.get().now_or_never()),
                _ => assert!(secret(&cache).starts_with("token-")),
            });
        });
    }
}

#[test]
fn callers_take_over_a_renewal_that_cannot_run_in_the_background() {
    model::check(|| share_one_renewal(&ModelRuntime::dropping_tasks()));
}

#[test]
fn a_caller_that_moves_to_another_task_is_woken_there() {
    model::check(|| {
        let (cache, _) = cache(ModelRuntime::default(), 0);
        model::on_threads(CALLERS, move |_| {
            let mut caller = Box::pin(cache.get());
            let token = match caller.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())) {
                Poll::Ready(token) => token,
                Poll::Pending => block_on(caller),
            };
            assert_eq!(token.unwrap().secret(), "token-1");
        });
    });
}

#[test]
fn a_rejected_token_is_replaced_once() {
    model::check(|| {
        let (cache, fetched) = cache(ModelRuntime::default(), 0);
        model::on_threads(CALLERS, move |_| {
            let token = block_on(cache.get()).unwrap();
            if token.secret() == "token-1" {
                assert!(cache.discard(&token));
            }
            assert_eq!(secret(&cache), "token-2");
        });
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_failed_renewal_ends_the_wait_of_all_callers() {
    model::check(|| {
        let (cache, fetched) = cache(ModelRuntime::default(), 1);
        model::on_threads(CALLERS, move |_| assert!(block_on(cache.get()).is_err()));
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_token_that_is_due_is_renewed_once_and_used_meanwhile() {
    model::check(|| {
        let runtime = ModelRuntime::default();
        let (cache, fetched) = cache(runtime.clone(), 0);
        assert_eq!(secret(&cache), "token-1");
        runtime.advance_to(Duration::from_secs(95));
        let shared = cache.clone();
        model::on_threads(CALLERS, move |_| assert!(["token-1", "token-2"].contains(&&*secret(&shared))));
        while cache.living().is_none_or(|token| token.secret() != "token-2") {
            shuttle::thread::yield_now();
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_new_token_is_fresh_until_it_is_due() {
    model::check(|| {
        let (cache, _) = cache(ModelRuntime::default(), 0);
        assert_eq!(cache.fresh_until(), Duration::ZERO);
        secret(&cache);
        assert_eq!(cache.fresh_until(), LIFETIME - LIFETIME / 10);
    });
}
