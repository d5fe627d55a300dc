//! One token for many processes, by way of a [`TokenStore`].

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::execute::Pipeline;
use crate::url::encode;

use super::error::Because;
use super::rules::Rules;
use super::state::{Known, Obtained};
use super::store::{StoreError, TokenStore};
use super::{AccessToken, TokenError, report, stored};

/// How long the store may take to answer.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a process may have the lock: one that died meanwhile keeps the others waiting no longer.
const LOCK_TTL: Duration = Duration::from_secs(15);
/// How long to wait for the token of another process at most.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between two looks at the store while another process renews.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The place of this client's token in a store.
pub(super) struct Shared {
    store: Arc<dyn TokenStore>,
    key: String,
    rules: Rules,
}

/// What the store has for a renewal.
enum Look {
    /// A token to go on with.
    Usable(Obtained),
    /// The very token that the API refused.
    Refused,
    /// Nothing, or nothing better than what is held.
    Nothing,
}

/// What came of the wait for the lock.
enum Turn {
    /// Another process has renewed meanwhile.
    Found(Obtained),
    /// It is this process's turn to ask for a token.
    Mine,
}

impl Shared {
    /// `parts` tell this token from others; the key is made of them.
    pub(super) fn new(store: Arc<dyn TokenStore>, parts: &[&str], rules: Rules) -> Self {
        let mut key = "logto-admin:token".to_owned();
        for part in parts {
            key.push(':');
            key.push_str(&encode(part));
        }
        Self { store, key, rules }
    }

    /// Takes the token of another process, or fetches one for all. A store that fails is left out.
    pub(super) async fn renew(
        &self,
        pipeline: &Pipeline,
        known: &Known,
        fetch: BoxFuture<'_, Result<Obtained, TokenError>>,
    ) -> Result<Obtained, TokenError> {
        let owner = owner(pipeline);
        let turn = self.turn(pipeline, known, &owner).await;
        if let Ok(Turn::Found(obtained)) = turn {
            return Ok(obtained);
        }
        let fetched = fetch.await;
        let done = match &fetched {
            _ if turn.is_err() => turn.map(drop),
            Ok(obtained) => self.hand_over(pipeline, &obtained.token, &owner).await,
            Err(_) => self.unlock(pipeline, &owner).await,
        };
        done.unwrap_or_else(|error| report::store_failed(&error));
        fetched
    }

    /// Waits until another process has renewed the token, or this one has the lock.
    async fn turn(&self, pipeline: &Pipeline, known: &Known, owner: &str) -> Result<Turn, StoreError> {
        let runtime = &pipeline.runtime;
        let start = runtime.monotonic();
        let mut pause = FIRST_PAUSE;
        loop {
            if let Look::Usable(obtained) = self.look(pipeline, known).await? {
                return Ok(Turn::Found(obtained));
            }
            if self.within(pipeline, self.store().try_lock(&self.key, owner, LOCK_TTL)).await? {
                return self.first_thing_with_the_lock(pipeline, known, owner).await;
            }
            if runtime.monotonic().saturating_sub(start) >= PATIENCE {
                return Err(Because("another process has kept the lock for too long").into());
            }
            runtime.sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Looks once more: the process that had the lock before may have renewed. A refused token is removed now, when
    /// nobody else can have put another in its place.
    async fn first_thing_with_the_lock(
        &self,
        pipeline: &Pipeline,
        known: &Known,
        owner: &str,
    ) -> Result<Turn, StoreError> {
        match self.look(pipeline, known).await? {
            Look::Usable(obtained) => {
                self.unlock(pipeline, owner).await?;
                Ok(Turn::Found(obtained))
            }
            Look::Refused => self.within(pipeline, self.store().remove(&self.key)).await.map(|()| Turn::Mine),
            Look::Nothing => Ok(Turn::Mine),
        }
    }

    fn look<'a>(&'a self, pipeline: &'a Pipeline, known: &'a Known) -> BoxFuture<'a, Result<Look, StoreError>> {
        Box::pin(async move {
            let text = self.within(pipeline, self.store().get(&self.key)).await?;
            let read = text.and_then(|text| stored::read(&text, pipeline.runtime.now()));
            Ok(read.map_or(Look::Nothing, |obtained| self.judge(obtained, known)))
        })
    }

    /// A token that is due is good enough for a process that has none, and no use to one that has.
    fn judge(&self, obtained: Obtained, known: &Known) -> Look {
        let lifetime = obtained.token.lifetime();
        let due = lifetime.is_some_and(|life| life.saturating_sub(obtained.age) <= self.rules.leeway(life));
        match &known.living {
            _ if known.refused.as_ref() == Some(&obtained.token) => Look::Refused,
            Some(living) if due || *living == obtained.token => Look::Nothing,
            _ => Look::Usable(obtained),
        }
    }

    /// Puts a new token into the store, and lets the others at it.
    async fn hand_over(&self, pipeline: &Pipeline, token: &AccessToken, owner: &str) -> Result<(), StoreError> {
        let ttl = token.lifetime();
        if ttl.is_none_or(|ttl| !ttl.is_zero()) {
            let text = stored::write(token, pipeline.runtime.now());
            self.within(pipeline, self.store().set(&self.key, &text, ttl)).await?;
        }
        self.unlock(pipeline, owner).await
    }

    fn unlock<'a>(&'a self, pipeline: &'a Pipeline, owner: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        self.within(pipeline, self.store().unlock(&self.key, owner))
    }

    /// Not by way of what is there for `Arc`s of stores, which would box every future twice.
    fn store(&self) -> &dyn TokenStore {
        &*self.store
    }

    /// Boxed like what it takes, so that it is compiled once for each kind of result and not for each caller.
    fn within<'a, T: Send + 'a>(
        &self,
        pipeline: &'a Pipeline,
        work: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            let done = pipeline.within(STORE_TIMEOUT, work).await;
            done.unwrap_or_else(|| Err(Because("the store does not answer").into()))
        })
    }
}

/// A name that no other renewal has; it need not be secret.
fn owner(pipeline: &Pipeline) -> String {
    let part = || ((pipeline.runtime.random() * f64::from(u32::MAX)) as u64).to_string();
    [&*part(), "-", &part(), "-", &pipeline.runtime.now().as_millis().unsigned_abs().to_string()].concat()
}
