//! Renewal of a token that processes share through a [`TokenStore`]. One of them requests it for all.

use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{StoreError, TokenSlot};
use crate::runtime::{Runtime, caught, timeout};
use crate::token::error::Because;
use crate::token::obtained::{Known, Obtained};
use crate::token::renewal_schedule::RenewalSchedule;
use crate::token::{AccessToken, TokenError, events};

/// Timeout of a call of the store.
const STORE_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest time for which a process keeps the lock. The user can set another time. Also the time for which a token
/// endpoint with too many requests is left alone, so it is longer than a token call takes.
const LOCK_TTL: Duration = Duration::from_secs(15);
/// Timeout of waiting for the lock, and for the token of the process that has it.
const PATIENCE: Duration = Duration::from_secs(20);
/// The pauses between two checks of the store while another process renews.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

const OTHERS_FAIL: &str = "another process has been requesting a token for too long";

/// Renews the token of this client in a store.
pub(crate) struct SharedRenewal {
    slot: Box<dyn TokenSlot>,
    schedule: RenewalSchedule,
    lock_ttl: Duration,
}

/// A lock and its owner.
struct Lock {
    is_second: bool,
    owner: String,
    is_held: bool,
}

/// Content of the store at a renewal.
enum Look {
    /// A usable token.
    Usable(Obtained),
    /// The token that the API rejected.
    Refused,
    /// No token, or none newer than the current token.
    Nothing,
}

/// The result of waiting for the lock.
enum Turn {
    /// Another process has renewed the token.
    Found(Obtained),
    /// This process has to request a token.
    Mine,
    /// Other processes have been requesting a token for too long.
    Never,
}

impl SharedRenewal {
    pub(crate) fn new(slot: Box<dyn TokenSlot>, schedule: RenewalSchedule, lock_ttl: Option<Duration>) -> Self {
        Self { slot, schedule, lock_ttl: lock_ttl.unwrap_or(LOCK_TTL) }
    }

    /// Returns the token of another process, or fetches one for all. Ignores a store that fails. Does not request a
    /// token if another process cannot get one.
    pub(crate) async fn renew(
        &self,
        runtime: &dyn Runtime,
        known: &Known,
        fetch: BoxFuture<'_, Result<Obtained, TokenError>>,
    ) -> Result<Obtained, TokenError> {
        let mut lock = Lock { is_second: false, owner: owner(runtime), is_held: false };
        let turn = match self.turn(runtime, known, &mut lock).await {
            Ok(Turn::Found(obtained)) => return Ok(obtained),
            Ok(Turn::Never) => return Err(TokenError::other(Because(OTHERS_FAIL))),
            Ok(Turn::Mine) => Ok(true),
            Err(error) => Err(error),
        };
        let fetched = fetch.await;
        let done = match &fetched {
            _ if !lock.is_held => turn,
            Ok(obtained) => self.hand_over(runtime, &obtained.token, &lock).await,
            // Keeps the lock until it expires: the request of another process would be rejected too.
            Err(TokenError::Refused { status: 429, .. }) => Ok(true),
            Err(_) => self.unlock(runtime, &lock).await,
        };
        if let Err(error) = done {
            events::store_failed(&error);
        }
        fetched
    }

    /// Waits until another process has renewed the token, or this process has a lock.
    async fn turn(&self, runtime: &dyn Runtime, known: &Known, lock: &mut Lock) -> Result<Turn, StoreError> {
        let start = runtime.monotonic();
        let mut pause = FIRST_PAUSE;
        loop {
            // Checks with the lock too: the process that had it before might have renewed the token.
            match self.look(runtime, known).await? {
                Look::Usable(obtained) => {
                    if lock.is_held
                        && let Err(error) = self.unlock(runtime, lock).await
                    {
                        events::store_failed(&error);
                    }
                    return Ok(Turn::Found(obtained));
                }
                Look::Nothing if lock.is_held => return Ok(Turn::Mine),
                // With the lock, no other process can have replaced it.
                Look::Refused if lock.is_held => {
                    return self.within(runtime, self.slot.remove()).await.map(|_| Turn::Mine);
                }
                _ => {}
            }
            let locking = self.slot.try_lock(lock.is_second, &lock.owner, self.lock_ttl);
            lock.is_held = self.within(runtime, locking).await?;
            if lock.is_held {
                continue;
            }
            let waited = runtime.monotonic().saturating_sub(start);
            if waited >= 2 * PATIENCE {
                return Ok(Turn::Never);
            }
            // The first lock might never be released. A second one lets a single waiting process request a token.
            lock.is_second = waited >= PATIENCE;
            runtime.sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    fn look<'a>(&'a self, runtime: &'a dyn Runtime, known: &'a Known) -> BoxFuture<'a, Result<Look, StoreError>> {
        Box::pin(async move {
            let stored = self.within(runtime, self.slot.get()).await?;
            Ok(stored.map_or(Look::Nothing, |obtained| self.judge(obtained, known)))
        })
    }

    /// A token that is due for renewal is usable for a process without a token. It is not for one that has a token.
    fn judge(&self, obtained: Obtained, known: &Known) -> Look {
        let lifetime = obtained.token.lifetime();
        let due = lifetime.is_some_and(|life| life.saturating_sub(obtained.age) <= self.schedule.leeway(life));
        match &known.living {
            _ if known.refused.as_ref() == Some(&obtained.token) => Look::Refused,
            Some(living) if due || *living == obtained.token => Look::Nothing,
            _ => Look::Usable(obtained),
        }
    }

    /// Stores a new token, and releases the lock.
    async fn hand_over(&self, runtime: &dyn Runtime, token: &AccessToken, lock: &Lock) -> Result<bool, StoreError> {
        let ttl = token.lifetime();
        if ttl.is_none_or(|ttl| !ttl.is_zero()) {
            self.within(runtime, self.slot.set(token)).await?;
        }
        self.unlock(runtime, lock).await
    }

    fn unlock<'a>(&'a self, runtime: &'a dyn Runtime, lock: &'a Lock) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.within(runtime, self.slot.unlock(lock.is_second, &lock.owner))
    }

    /// Limits the time of a call to the store, and treats a panic as a failure.
    fn within<'a, T: Send + 'a>(
        &self,
        runtime: &'a dyn Runtime,
        work: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            match timeout(runtime, STORE_TIMEOUT, caught(work)).await {
                Some(Some(done)) => done,
                Some(None) => Err(Because("the store panicked").into()),
                None => Err(Because("the store does not answer").into()),
            }
        })
    }
}

/// A name that no other renewal has. It need not be secret. `format!` would add 1.2 KB, gzipped, to the module of the npm
/// package.
fn owner(runtime: &dyn Runtime) -> String {
    let random = (runtime.random() * (1_u64 << f64::MANTISSA_DIGITS) as f64) as u64;
    [&*random.to_string(), "-", &runtime.now().as_millis().unsigned_abs().to_string()].concat()
}
