//! A token store in memory, on the test's clock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use logto_admin::runtime::Runtime;
use logto_admin::token::{StoreError, TokenStore};
use logto_admin_test_support::FakeRuntime;

use crate::stage::HOUR;

/// A store that can fail and hang on request.
#[derive(Clone)]
pub(crate) struct Memory(pub(crate) Arc<Mutex<State>>, FakeRuntime);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) entries: HashMap<String, (String, Option<Duration>)>,
    locks: HashMap<String, (String, Duration)>,
    /// The owners that asked for a lock, in order.
    owners: Vec<String>,
    /// The operations so far, in order.
    log: Vec<&'static str>,
    failing: Vec<&'static str>,
    pub(crate) hanging: bool,
}

impl Memory {
    pub(crate) fn new(runtime: &FakeRuntime) -> Self {
        Self(Arc::default(), runtime.clone())
    }

    async fn enter<T>(
        &self,
        what: &'static str,
        work: impl FnOnce(&mut State, Duration) -> T,
    ) -> Result<T, StoreError> {
        // Like a real store, this one does not answer immediately.
        self.1.sleep(Duration::from_millis(1)).await;
        if self.0.lock().unwrap().hanging {
            self.1.sleep(1000 * HOUR).await;
        }
        let mut state = self.0.lock().unwrap();
        state.log.push(what);
        if state.failing.contains(&what) {
            return Err(format!("the store cannot {what}").into());
        }
        Ok(work(&mut state, self.1.monotonic()))
    }

    pub(crate) fn entry(&self) -> Option<(String, String, Option<Duration>)> {
        let state = self.0.lock().unwrap();
        state.entries.iter().next().map(|(key, (value, end))| (key.clone(), value.clone(), *end))
    }

    pub(crate) fn fail(&self, what: &[&'static str]) {
        self.0.lock().unwrap().failing = what.to_vec();
    }

    /// Returns the owners that asked for a lock, in order.
    pub(crate) fn owners(&self) -> Vec<String> {
        self.0.lock().unwrap().owners.clone()
    }

    pub(crate) fn log(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap().log)
    }
}

#[async_trait]
impl TokenStore for Memory {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.enter("get", |state, now| {
            let living = state.entries.get(key).filter(|(_, end)| end.is_none_or(|end| now < end));
            living.map(|(value, _)| value.clone())
        })
        .await
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        self.enter("set", |state, now| {
            state.entries.insert(key.to_owned(), (value.to_owned(), ttl.map(|ttl| now + ttl)));
        })
        .await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.enter("remove", |state, _| drop(state.entries.remove(key))).await
    }

    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        self.enter("lock", |state, now| {
            state.owners.push(owner.to_owned());
            let taken = state.locks.get(key).is_some_and(|(_, end)| now < *end);
            if !taken {
                state.locks.insert(key.to_owned(), (owner.to_owned(), now + ttl));
            }
            !taken
        })
        .await
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        self.enter("unlock", |state, _| {
            if state.locks.get(key).is_some_and(|(held_by, _)| held_by == owner) {
                state.locks.remove(key);
            }
        })
        .await
    }
}
