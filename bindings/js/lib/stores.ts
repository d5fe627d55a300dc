/**
 * Token stores for Cloudflare Workers KV, Redis and Durable Objects.
 *
 * A store contains access tokens, so protect it. It uses the keys and values of the Rust client, so both clients can
 * share a store.
 *
 * @module
 */
import { checkedMembers } from "./checks.js";
import type { TokenStore } from "./options.js";

/** Options of a token store. */
export interface StoreOptions {
  /** Prefix of all keys, at most 400 bytes in UTF-8. Default: none. */
  prefix?: string | undefined;
}

/** The part of a KV namespace that the store uses. */
export interface KvNamespaceLike {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The part of a Redis client that the store uses. It is `call` of ioredis, or `sendCommand` of node-redis. */
export type RedisLike =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> };

/** The part of a transaction of a Durable Object that the store uses. */
export interface DurableObjectTransactionLike {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The part of the storage of a Durable Object that the store uses. */
export interface DurableObjectStorageLike extends DurableObjectTransactionLike {
  transaction<T>(closure: (transaction: DurableObjectTransactionLike) => Promise<T>): Promise<T>;
}

/** Shortest time to live in KV, in seconds. */
const KV_TTL = 60;
/** Longest keys, in bytes. */
const [KV_KEY, DURABLE_OBJECT_KEY] = [512, 2048];

/** Removes a lock that the owner still has. This is atomic, because another owner gets the lock when it expires. */
const UNLOCK = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/** A value in a Durable Object, and when it expires, in milliseconds since 1970. */
interface Entry {
  readonly value: string;
  readonly expires: number;
}

/**
 * Returns a token store in a namespace of Cloudflare Workers KV.
 *
 * - KV keeps a value for at least 60 seconds, and the store rounds times to live up. The client never uses a token after
 *   its expiry, because the value contains it.
 * - KV has no atomic operations, so the store has no locks. Instances that need a token at the same time each request
 *   one.
 * - KV is eventually consistent. Another location might get the previous token for up to a minute.
 * - Keys in KV have at most 512 bytes. The store replaces a longer key by its SHA-256 hash, after the prefix.
 *
 * If KV rejects an operation, the client logs a warning and uses its own token.
 *
 * @param namespace - The binding of the namespace.
 * @param options - Options of the store.
 * @returns The store, for the option `tokenStore`.
 * @throws TypeError if `namespace` is not a KV namespace, for example because the binding is missing.
 * @example
 * ```ts
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId, appSecret, tokenStore: kvTokenStore(env.TOKENS) });
 * ```
 */
export function kvTokenStore(namespace: KvNamespaceLike, options: StoreOptions = {}): TokenStore {
  const prefix = checkedPrefix(options);
  expect(has(namespace, "put"), "`namespace` is not a KV namespace: check the binding of the Worker");
  return {
    get: async (key) => namespace.get(await fitted(prefix, key, KV_KEY)),
    async set(key, value, ttl) {
      const options = ttl === undefined ? {} : { expirationTtl: Math.max(KV_TTL, Math.ceil(ttl)) };
      await namespace.put(await fitted(prefix, key, KV_KEY), value, options);
    },
    delete: async (key) => namespace.delete(await fitted(prefix, key, KV_KEY)),
  };
}

/**
 * Returns a token store in Redis or Valkey. It has locks, so instances that need a token at the same time request one.
 *
 * The client is a connected client of node-redis (`createClient` or `createClientPool`) or of ioredis (`Redis` or
 * `Cluster`). To use another client, pass an object with the function `call`. The store does not close the client.
 * Times to live are precise to the millisecond. Locks have the suffix `:lock`.
 *
 * If Redis does not answer within two seconds, the client logs a warning and uses its own token. An `error` event
 * without a listener ends the process in node-redis, so add a listener.
 *
 * @param client - The Redis client.
 * @param options - Options of the store.
 * @returns The store, for the option `tokenStore`.
 * @throws TypeError if `client` has neither `call` nor `sendCommand`.
 * @example
 * ```ts
 * import { createClient } from "redis";
 *
 * const redis = await createClient({ url: "redis://127.0.0.1:6379" }).on("error", console.error).connect();
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId, appSecret, tokenStore: redisTokenStore(redis) });
 * ```
 * @example
 * ```ts
 * import { Redis } from "ioredis";
 *
 * const tokenStore = redisTokenStore(new Redis("redis://127.0.0.1:6379"), { prefix: "production:" });
 * ```
 * @example
 * ```ts
 * // The Redis client of Bun.
 * const tokenStore = redisTokenStore({ call: (command, ...args) => Bun.redis.send(command, args) });
 * ```
 */
export function redisTokenStore(client: RedisLike, options: StoreOptions = {}): TokenStore {
  const prefix = checkedPrefix(options);
  // ioredis also has `sendCommand`, with other arguments.
  expect(has(client, "call") || has(client, "sendCommand"), "`client` has neither `call` nor `sendCommand`: pass a client of node-redis or ioredis");
  const run = (...command: [string, ...string[]]) => ("call" in client ? client.call(...command) : client.sendCommand(command));
  const lock = (key: string) => `${prefix}${key}:lock`;
  return {
    async get(key) {
      const value = await run("GET", prefix + key);
      // Clients that are set to return bytes return a `Buffer`.
      return value === null ? null : String(value);
    },
    set: (key, value, ttl) => run("SET", prefix + key, value, ...(ttl === undefined ? [] : ["PX", milliseconds(ttl)])),
    delete: (key) => run("DEL", prefix + key),
    async tryLock(key, owner, ttl) {
      const acquire = async () => (await run("SET", lock(key), owner, "NX", "PX", milliseconds(ttl))) !== null;
      if (await acquire()) return true;
      // Locks expire. Another value would keep all instances out forever.
      if (Number(await run("PTTL", lock(key))) !== -1) return false;
      await run("DEL", lock(key));
      return acquire();
    },
    unlock: (key, owner) => run("EVAL", UNLOCK, "1", lock(key), owner),
  };
}

/**
 * Returns a token store in the storage of a Durable Object. It is for code that runs inside of this object. The token
 * remains when the object is evicted from memory. The store has locks, which use transactions.
 *
 * The storage has no times to live, so the store keeps the expiry beside the value. An expired value remains in the
 * storage until the client replaces it. Keys have at most 2,048 bytes; the store replaces a longer key by its SHA-256
 * hash, after the prefix. Locks have the suffix `:lock`.
 *
 * If the storage rejects an operation, the client logs a warning and uses its own token.
 *
 * @param storage - `ctx.storage` of the object. A stub of the object does not work.
 * @param options - Options of the store.
 * @returns The store, for the option `tokenStore`.
 * @throws TypeError if `storage` is not the storage of an object.
 * @example
 * ```ts
 * export class Accounts extends DurableObject<Env> {
 *   readonly #logto = new LogtoAdmin({
 *     tenant: "my-tenant",
 *     appId: this.env.LOGTO_APP_ID,
 *     appSecret: this.env.LOGTO_APP_SECRET,
 *     tokenStore: durableObjectTokenStore(this.ctx.storage),
 *   });
 * }
 * ```
 */
export function durableObjectTokenStore(storage: DurableObjectStorageLike, options: StoreOptions = {}): TokenStore {
  const prefix = checkedPrefix(options);
  expect(has(storage, "transaction") && has(storage, "put"), "`storage` is not the storage of a Durable Object: pass `ctx.storage`");
  const named = (key: string) => fitted(prefix, key, DURABLE_OBJECT_KEY);
  const entry = (value: string, ttl = Infinity): Entry => ({ value, expires: Date.now() + ttl * 1000 });
  const live = (entry: unknown) => (isEntry(entry) && entry.expires > Date.now() ? entry.value : undefined);
  return {
    get: async (key) => live(await storage.get(await named(key))),
    set: async (key, value, ttl) => storage.put(await named(key), entry(value, ttl)),
    delete: async (key) => storage.delete(await named(key)),
    async tryLock(key, owner, ttl) {
      const lock = await named(`${key}:lock`);
      return storage.transaction(async (transaction) => {
        if (live(await transaction.get(lock)) !== undefined) return false;
        await transaction.put(lock, entry(owner, ttl));
        return true;
      });
    },
    async unlock(key, owner) {
      const lock = await named(`${key}:lock`);
      await storage.transaction(async (transaction) => {
        if (live(await transaction.get(lock)) === owner) await transaction.delete(lock);
      });
    },
  };
}

function checkedPrefix(options: StoreOptions): string {
  return checkedMembers<StoreOptions>(options, { prefix: "string" }).prefix ?? "";
}

function isEntry(stored: unknown): stored is Entry {
  if (typeof stored !== "object" || stored === null || !("value" in stored && "expires" in stored)) return false;
  return typeof stored.value === "string" && typeof stored.expires === "number";
}

function expect(valid: boolean, message: string): void {
  if (!valid) throw new TypeError(message);
}

function has(value: object, name: string): boolean {
  return typeof Reflect.get(Object(value), name) === "function";
}

/** Redis rejects times to live below a millisecond. It also rejects those that are too long for an integer. */
function milliseconds(seconds: number): string {
  return String(Math.min(Math.max(1, Math.floor(seconds * 1000)), Number.MAX_SAFE_INTEGER));
}

/** Returns the key with its prefix. If it is longer than `limit` bytes, returns its hash. */
async function fitted(prefix: string, key: string, limit: number): Promise<string> {
  const encoder = new TextEncoder();
  if (encoder.encode(prefix + key).length <= limit) return prefix + key;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(key)));
  return `${prefix}logto-admin:token:sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
