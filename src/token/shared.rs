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
/// How long to wait for a lock, and for the token of the process that has it.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between two looks at the store while another process renews.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

const OTHERS_FAIL: &str = "another process is asking for one, and has got none for long";

/// The place of this client's token in a store.
pub(super) struct Shared {
    store: Arc<dyn TokenStore>,
    key: String,
    rules: Rules,
}

/// A lock, and the name under which it was taken.
struct Lock {
    key: String,
    owner: String,
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
    /// Other processes are asking for one, and have got none for long.
    Never,
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

    /// Takes the token of another process, or fetches one for all. A store that fails is left out; an endpoint that
    /// gives no token to another process is no reason to ask it from here too.
    pub(super) async fn renew(
        &self,
        pipeline: &Pipeline,
        known: &Known,
        fetch: BoxFuture<'_, Result<Obtained, TokenError>>,
    ) -> Result<Obtained, TokenError> {
        let mut lock = Lock { key: self.key.clone(), owner: owner(pipeline) };
        let turn = match self.turn(pipeline, known, &mut lock).await {
            Ok(Turn::Found(obtained)) => return Ok(obtained),
            Ok(Turn::Never) => return Err(TokenError::other(Because(OTHERS_FAIL))),
            Ok(Turn::Mine) => Ok(()),
            Err(error) => Err(error),
        };
        let fetched = fetch.await;
        let done = match &fetched {
            _ if turn.is_err() => turn,
            Ok(obtained) => self.hand_over(pipeline, &obtained.token, &lock).await,
            // The lock ends by itself: too many requests are none the fewer for the next process's.
            Err(TokenError::Refused { status: 429, .. }) => Ok(()),
            Err(_) => self.unlock(pipeline, &lock).await,
        };
        done.unwrap_or_else(|error| report::store_failed(&error));
        fetched
    }

    /// Waits until another process has renewed the token, or this one has a lock.
    async fn turn(&self, pipeline: &Pipeline, known: &Known, lock: &mut Lock) -> Result<Turn, StoreError> {
        let runtime = &pipeline.runtime;
        let start = runtime.monotonic();
        let mut pause = FIRST_PAUSE;
        let mut locked = false;
        loop {
            // Also with the lock: the process that had it before may have renewed.
            match self.look(pipeline, known).await? {
                Look::Usable(obtained) => {
                    if locked {
                        self.unlock(pipeline, lock).await?;
                    }
                    return Ok(Turn::Found(obtained));
                }
                Look::Nothing if locked => return Ok(Turn::Mine),
                // Now nobody else can have put another in its place.
                Look::Refused if locked => {
                    return self.within(pipeline, self.store().remove(&self.key)).await.map(|()| Turn::Mine);
                }
                _ => {}
            }
            locked = self.within(pipeline, self.store().try_lock(&lock.key, &lock.owner, LOCK_TTL)).await?;
            if locked {
                continue;
            }
            let waited = runtime.monotonic().saturating_sub(start);
            if waited >= 2 * PATIENCE {
                return Ok(Turn::Never);
            }
            // The first lock may never end. Another is for one of those who wait, where all would be too many.
            if waited >= PATIENCE {
                lock.key = [&self.key, ":2"].concat();
            }
            runtime.sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
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
    async fn hand_over(&self, pipeline: &Pipeline, token: &AccessToken, lock: &Lock) -> Result<(), StoreError> {
        let ttl = token.lifetime();
        if ttl.is_none_or(|ttl| !ttl.is_zero()) {
            let text = stored::write(token, pipeline.runtime.now());
            self.within(pipeline, self.store().set(&self.key, &text, ttl)).await?;
        }
        self.unlock(pipeline, lock).await
    }

    fn unlock<'a>(&'a self, pipeline: &'a Pipeline, lock: &'a Lock) -> BoxFuture<'a, Result<(), StoreError>> {
        self.within(pipeline, self.store().unlock(&lock.key, &lock.owner))
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
    let random = (pipeline.runtime.random() * (1_u64 << f64::MANTISSA_DIGITS) as f64) as u64;
    [&*random.to_string(), "-", &pipeline.runtime.now().as_millis().unsigned_abs().to_string()].concat()
}
