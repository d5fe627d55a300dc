// Tests the token store in a real Redis server, with clients of node-redis and ioredis. Arguments are the port of the server
// and the URL of the mock Logto.
import { equal, ok } from "node:assert/strict";
import { Redis } from "ioredis";
import { LogtoAdmin } from "logto-admin";
import { redisTokenStore } from "logto-admin/stores";
import { createClient, createClientPool } from "redis";

const [port, server] = process.argv.slice(2);
const url = `redis://127.0.0.1:${port}`;
const admin = new Redis(url);
const nodeRedis = createClient({ url });
const resp3 = createClient({ url, RESP: 3 });
const pool = createClientPool({ url });
const ioredis = new Redis(url, { keyPrefix: "of-ioredis:" });
await Promise.all([nodeRedis.connect(), resp3.connect(), pool.connect()]);

const stores = {
  "node-redis": redisTokenStore(nodeRedis, { prefix: "node-redis:" }),
  "node-redis, RESP3": redisTokenStore(resp3, { prefix: "resp3:" }),
  "node-redis, pool": redisTokenStore(pool, { prefix: "pool:" }),
  ioredis: redisTokenStore(ioredis),
};

for (const [name, store] of Object.entries(stores)) {
  await admin.flushall();
  equal(await store.get("k"), null, name);
  await store.set("k", "a value", 90.5);
  equal(await store.get("k"), "a value", name);
  const [key = ""] = await admin.keys("*");
  const left = await admin.pttl(key);
  ok(left > 60_000 && left <= 90_500, `${name}: ${key} expires in ${left} ms`);
  await store.set("k", "another", undefined);
  equal(await admin.pttl(key), -1, name);

  const lock = `${key}:lock`;
  equal(await store.tryLock?.("k", "ada", 90.5), true, name);
  equal(await store.tryLock?.("k", "bob", 90.5), false, name);
  const locked = await admin.pttl(lock);
  ok(locked > 60_000 && locked <= 90_500, `${name}: ${lock} expires in ${locked} ms`);
  await store.unlock?.("k", "bob");
  equal(await admin.get(lock), "ada", name);
  await admin.pexpire(lock, 0);
  equal(await store.tryLock?.("k", "bob", 60), true, name);
  await store.unlock?.("k", "ada");
  equal(await admin.get(lock), "bob", name);
  await store.unlock?.("k", "bob");
  equal(await admin.exists(lock), 0, name);

  await store.delete?.("k");
  equal(await store.get("k"), null, name);
  equal((await Promise.all(Array.from({ length: 20 }, (_, owner) => store.tryLock?.("k", String(owner), 60)))).filter(Boolean).length, 1, name);
}

await admin.flushall();
const endpoint = `${server}/s/redis`;
const shared = [redisTokenStore(nodeRedis), redisTokenStore(resp3), redisTokenStore(pool), redisTokenStore(admin)];
const tokens = await Promise.all(shared.map((tokenStore) => new LogtoAdmin({ endpoint, appId: "app", appSecret: "secret", tokenStore }).getToken()));
equal(new Set(tokens).size, 1, tokens.join());

await Promise.all([nodeRedis.close(), resp3.close(), pool.close()]);
for (const client of [ioredis, admin]) client.disconnect();
console.log("passed");
