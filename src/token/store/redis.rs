use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{Client, Cmd, FromRedisValue, RedisError, cmd};
use async_trait::async_trait;
use tokio::runtime::Handle;

use super::{StoreError, TokenStore};
use crate::error::{Error, Result};

/// Timeout of a connection, and of a response.
const TIMEOUT: Duration = Duration::from_secs(1);
/// Result of `PTTL` for a value that does not expire.
const NO_EXPIRY: i64 = -1;
/// Removes the lock if `owner` still has it, in one step. Another process might take it when it expires.
const UNLOCK: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// Keeps access tokens in Redis or Valkey.
///
/// All processes of a deployment share one token and make one token call. Entries and locks expire. The store connects
/// when the client needs its first token, and reconnects when the connection is lost. For `rediss://` enable a TLS
/// feature of the crate `redis`, which is re-exported as [`logto_admin::redis`](crate::redis).
///
/// ```no_run
/// use logto_admin::token::RedisTokenStore;
/// use logto_admin::{Client, Endpoint};
///
/// # fn build() -> logto_admin::Result<Client> {
/// Client::builder(Endpoint::cloud("my-tenant"))
///     .client_credentials("app-id", "app-secret")
///     .token_store(RedisTokenStore::new("redis://127.0.0.1:6379/0")?)
///     .build()
/// # }
/// ```
pub struct RedisTokenStore {
    client: Option<Client>,
    connection: Mutex<Option<ConnectionManager>>,
}

impl RedisTokenStore {
    /// Creates a store at this URL, such as `redis://user:password@host:6379/0`. Does not connect yet.
    ///
    /// # Errors
    /// Fails if the URL is not a Redis URL.
    pub fn new(url: &str) -> Result<Self> {
        let client = Client::open(url);
        // The URL might hold a password.
        let client = client.map_err(|error| Error::config(format!("invalid URL of the Redis server: {error}")))?;
        Ok(Self { client: Some(client), connection: Mutex::new(None) })
    }

    /// Creates a store over an existing connection.
    #[must_use]
    pub fn over(connection: ConnectionManager) -> Self {
        Self { client: None, connection: Mutex::new(Some(connection)) }
    }

    async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        let mut connection = self.connection()?;
        Ok(command.query_async(&mut connection).await?)
    }

    /// Returns the connection, which belongs to the tokio runtime that first used it.
    fn connection(&self) -> Result<ConnectionManager, StoreError> {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*slot {
            return Ok(connection.clone());
        }
        let client = self.client.clone().ok_or("the store has no Redis server")?;
        Handle::try_current()?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(slot.insert(connection).clone())
    }
}

#[async_trait]
impl TokenStore for RedisTokenStore {
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        match self.query::<Option<Vec<u8>>>(cmd("GET").arg(key)).await {
            // Text in another encoding cannot be a token. `set` replaces it.
            Ok(value) => Ok(value.and_then(|bytes| String::from_utf8(bytes).ok())),
            // A value of another type, such as a list, cannot be one either.
            Err(error) if is_wrong_type(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn set(&self, key: &str, value: &str, ttl: Option<Duration>) -> Result<(), StoreError> {
        let mut command = cmd("SET");
        command.arg(key).arg(value);
        if let Some(ttl) = ttl {
            command.arg("PX").arg(millis(ttl));
        }
        self.query(&command).await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        self.query(cmd("DEL").arg(key)).await
    }

    async fn try_lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<bool, StoreError> {
        let mut command = cmd("SET");
        command.arg(lock(key)).arg(owner).arg("NX").arg("PX").arg(millis(ttl));
        let taken: Option<String> = self.query(&command).await?;
        if taken.is_none() && self.query::<i64>(cmd("PTTL").arg(lock(key))).await? == NO_EXPIRY {
            // Not a lock: these expire. It would keep all processes out forever.
            self.query::<()>(cmd("DEL").arg(lock(key))).await?;
            return Ok(self.query::<Option<String>>(&command).await?.is_some());
        }
        Ok(taken.is_some())
    }

    async fn unlock(&self, key: &str, owner: &str) -> Result<(), StoreError> {
        self.query(cmd("EVAL").arg(UNLOCK).arg(1).arg(lock(key)).arg(owner)).await
    }
}

fn lock(key: &str) -> String {
    format!("{key}:lock")
}

fn is_wrong_type(error: &StoreError) -> bool {
    error.downcast_ref::<RedisError>().is_some_and(|error| error.code() == Some("WRONGTYPE"))
}

/// Redis rejects lifetimes below a millisecond.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64 / 2)
}

impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore").finish_non_exhaustive()
    }
}
