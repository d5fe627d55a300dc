//! Share an access token between processes through Redis.

use logto_admin::token::RedisTokenStore;
use logto_admin::{Client, ClientBuilder, Result};
use logto_admin_emulator::Emulator;
use logto_admin_test_support::RedisServer;

use crate::{builder, recorded};

// ANCHOR: client
/// Builds a client that keeps its token in Redis. `url` is a URL such as `redis://user:password@host:6379/0`.
fn with_redis(builder: ClientBuilder, url: &str) -> Result<Client> {
    builder.token_store(RedisTokenStore::new(url)?).build()
}
// ANCHOR_END: client

#[tokio::test]
async fn processes_share_a_token() -> Result<()> {
    let redis = RedisServer::start();
    let emulator = Emulator::new();
    let transport = recorded(&emulator);
    for _ in 0..3 {
        let process = with_redis(builder(&emulator, transport.clone()), &redis.url())?;
        process.users().list().await?;
    }
    assert_eq!((transport.token_calls().len(), transport.api_calls().len()), (1, 3));
    Ok(())
}

#[tokio::test]
async fn calls_succeed_without_redis() -> Result<()> {
    let mut redis = RedisServer::start();
    let emulator = Emulator::new();
    let process = with_redis(builder(&emulator, emulator.clone()), &redis.url())?;
    redis.kill();
    assert_eq!(process.users().list().await?.total, Some(0));
    Ok(())
}
