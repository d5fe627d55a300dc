// The token stores of `logto-admin/stores`: KV and Durable Objects in workerd, and Redis with the two kinds of clients
// in memory. `setups/` tests the real clients against a real server.
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { equal, runCases } from "./cases.mjs";
import { ask, modules, withWorker } from "./runtimes/workerd.mjs";

const NONE = null;
const LONG = "k".repeat(3000);
const HASHED = /^logto-admin:token:sha256:[0-9a-f]{64}$/;

function throws(run, text) {
  try {
    run();
  } catch (error) {
    if (error instanceof TypeError && error.message.includes(text)) return;
    throw error;
  }
  throw new Error(`nothing was thrown, expected "${text}"`);
}

/** A Redis server in memory, with its own clock. `command` runs one command. */
function redis() {
  const kept = new Map();
  const server = { now: 0, commands: [], command };
  const live = (key) => (kept.get(key)?.end > server.now ? kept.get(key).value : null);
  function command([name, ...args]) {
    if (args.some((argument) => typeof argument !== "string")) throw new Error("an argument is not a string");
    server.commands.push([name, ...args]);
    const [key, value, ...flags] = args;
    if (name === "GET") return live(key);
    if (name === "DEL") return Number(kept.delete(key));
    if (name === "PTTL") return live(key) === null ? -2 : kept.get(key).end === Infinity ? -1 : kept.get(key).end - server.now;
    if (name === "EVAL") return live(args[2]) === args[3] ? Number(kept.delete(args[2])) : 0;
    if (flags.includes("NX") && live(key) !== null) return null;
    const lifetime = flags.includes("PX") ? Number(flags[flags.indexOf("PX") + 1]) : Infinity;
    kept.set(key, { value, end: server.now + lifetime });
    return "OK";
  }
  return server;
}

const clients = {
  "node-redis": (server) => ({ sendCommand: async (args) => server.command(args) }),
  ioredis: (server) => ({
    call: async (...command) => server.command(command),
    sendCommand: async () => { throw new Error("ioredis has another `sendCommand`"); },
  }),
};

/** Runs `use` with each kind of client. */
async function withClients({ lib }, use) {
  for (const connect of Object.values(clients)) {
    const server = redis();
    await use(lib.redisTokenStore(connect(server)), server, connect(server));
  }
}

/** The locks of a store, in the order [time in milliseconds, function, arguments…]. */
const LOCKS = [
  [0, "tryLock", "k", "ada", 1.5],
  [0, "tryLock", "k", "ada", 1.5],
  [0, "tryLock", "k", "bob", 1.5],
  [0, "unlock", "k", "bob"],
  [1499, "tryLock", "k", "bob", 1.5],
  [1500, "tryLock", "k", "bob", 1.5],
  [1500, "unlock", "k", "ada"],
  [1500, "tryLock", "k", "ada", 1.5],
  [1500, "set", "k", "v", undefined],
  [1500, "unlock", "k", "bob"],
  [1500, "get", "k"],
  [1500, "tryLock", "k", "ada", 1.5],
];
const ACQUIRED = [true, false, false, false, true, false, true];

const cases = {
  async "Redis: values expire, and remain without a time to live"(context) {
    await withClients(context, async (store, server) => {
      equal(await store.get("k"), NONE);
      await store.set("k", "v", 1.5);
      await store.set("endless", "v", undefined);
      server.now = 1499;
      equal(await store.get("k"), "v");
      server.now = 1500;
      equal([await store.get("k"), await store.get("endless")], [NONE, "v"]);
      await store.delete("endless");
      equal(await store.get("endless"), NONE);
    });
  },

  async "Redis: times to live are whole milliseconds that Redis accepts"(context) {
    await withClients(context, async (store, server) => {
      for (const ttl of [0, 0.0001, 1.0006, 1e300]) await store.set("k", "v", ttl);
      equal(server.commands.map((command) => command.at(-1)), ["1", "1", "1000", String(Number.MAX_SAFE_INTEGER)]);
    });
  },

  async "Redis: one owner has a lock, until it unlocks or the lock expires"(context) {
    await withClients(context, async (store, server) => {
      const results = [];
      for (const [at, name, ...args] of LOCKS) {
        server.now = at;
        results.push([name, await store[name](...args)]);
      }
      equal(results.filter(([name]) => name === "tryLock").map(([, result]) => result), ACQUIRED);
      equal(results.find(([name]) => name === "get"), ["get", "v"]);
    });
  },

  async "Redis: a lock that never expires is not a lock"(context) {
    await withClients(context, async (store, server) => {
      server.command(["SET", "k:lock", "x"]);
      equal([await store.tryLock("k", "ada", 1), await store.tryLock("k", "bob", 1)], [true, false]);
    });
  },

  async "Redis: the prefix is that of values and locks, and empty by default"(context) {
    await withClients(context, async (plain, server, client) => {
      for (const store of [plain, context.lib.redisTokenStore(client, { prefix: "p:" })]) {
        await store.set("k", "v", 1);
        await store.tryLock("k", "ada", 1);
        await store.unlock("k", "ada");
      }
      const keys = server.commands.map((command) => command[command[0] === "EVAL" ? 3 : 1]);
      equal(keys, ["k", "k:lock", "k:lock", "p:k", "p:k:lock", "p:k:lock"]);
    });
  },

  async "Redis: bytes are read as text"({ lib }) {
    equal(await lib.redisTokenStore({ call: async () => Buffer.from("v") }).get("k"), "v");
  },

  async "Redis: errors of the client are those of the store"({ lib }) {
    const store = lib.redisTokenStore({ call: async () => Promise.reject(new Error("gone")) });
    for (const [, name, ...args] of LOCKS) equal(await store[name](...args).catch(({ message }) => message), "gone", name);
  },

  async "Redis: instances of a client request one token"({ lib, core, server }) {
    const memory = redis();
    const options = { endpoint: `${server}/s/stores-redis`, appId: "app", appSecret: "secret" };
    const tokens = Array.from({ length: 10 }, () => {
      const tokenStore = lib.redisTokenStore(clients["node-redis"](memory));
      return core.createClient({ ...options, tokenStore }, {}).getToken();
    });
    equal(new Set(await Promise.all(tokens)).size, 1);
    equal((await (await fetch(`${server}/seen/stores-redis`)).json()).tokens, 1);
  },

  "what is not a store is refused, with the name of the argument"({ lib }) {
    throws(() => lib.kvTokenStore(undefined), "`namespace`");
    throws(() => lib.redisTokenStore({}), "`client`");
    throws(() => lib.redisTokenStore({ call() {} }, { prefx: "a:" }), "`prefx`");
    throws(() => lib.redisTokenStore({ call() {} }, { prefix: 3 }), "`prefix`");
    throws(() => lib.kvTokenStore({ put() {} }, "a:"), "`options`");
    throws(() => lib.durableObjectTokenStore({ get() {}, put() {} }), "`storage`");
  },

  async "KV: values are kept for at least a minute, in whole seconds"({ miniflare }) {
    const set = [[undefined, undefined], [0.5, 60], [60, 60], [3600.2, 3601]];
    const calls = set.map(([ttl], index) => [0, "set", `k${index}`, "v", ttl]);
    const before = Math.floor(Date.now() / 1000);
    await ask(miniflare, { kv: { calls: calls.map((call) => call.filter((argument) => argument !== undefined)) } });
    const after = Math.ceil(Date.now() / 1000);
    const { keys } = await (await miniflare.getKVNamespace("TOKENS")).list({ prefix: "k" });
    for (const [index, [, seconds]] of set.entries()) {
      const { expiration } = keys.find(({ name }) => name === `k${index}`);
      if (seconds === undefined) equal(expiration, undefined);
      else if (!(expiration >= before + seconds && expiration <= after + seconds)) throw new Error(`k${index} expires at ${expiration}`);
    }
  },

  async "KV: values are read and removed, and KV has no locks"({ miniflare }) {
    const calls = [["get", "a"], ["set", "a", "v", 60], ["get", "a"], ["delete", "a"], ["get", "a"], ["tryLock", "a", "ada", 1]];
    const results = await ask(miniflare, { kv: { prefix: "p:", calls: calls.map((call) => [0, ...call]) } });
    equal(results, [NONE, NONE, "v", NONE, NONE, "no such function"]);
  },

  async "KV: keys above the limit are hashed after the prefix"({ miniflare }) {
    const calls = [[0, "set", LONG, "v"], [0, "set", `${LONG}!`, "w"], [0, "set", "x".repeat(510), "u"], [0, "get", LONG]];
    equal((await ask(miniflare, { kv: { prefix: "h:", calls } })).at(-1), "v");
    const { keys } = await (await miniflare.getKVNamespace("TOKENS")).list({ prefix: "h:" });
    equal(keys.map(({ name }) => HASHED.test(name.slice(2)) || name.length === 512), [true, true, true]);
  },

  async "Durable Object: values expire, and remain without a time to live"(context) {
    await inObjects(context, async (call) => {
      const calls = [
        [0, "get", "v"],
        [0, "set", "v", "1", 1.5],
        [0, "set", "endless", "2"],
        [1499, "get", "v"],
        [1500, "get", "v"],
        [1e15, "get", "endless"],
        [0, "delete", "endless"],
        [0, "get", "endless"],
      ];
      const results = await call("results", calls);
      equal(calls.map(([, name], index) => (name === "get" ? results[index] : "")), [NONE, "", "", "1", NONE, "2", "", NONE]);
    });
  },

  async "Durable Object: one owner has a lock, until it unlocks or the lock expires"(context) {
    await inObjects(context, async (call) => {
      // JSON has no `undefined`.
      const results = await call("results", LOCKS.map((one) => one.filter((argument) => argument !== undefined)));
      equal(LOCKS.flatMap(([, name], index) => (name === "tryLock" ? [results[index]] : [])), ACQUIRED);
      const owners = Array.from({ length: 20 }, (_, number) => `owner-${number}`);
      equal((await call("race", "race", owners)).filter(Boolean).length, 1, "owners at the same time:");
    });
  },

  async "Durable Object: keys above the limit are hashed"(context) {
    await inObjects(context, async (call) => {
      equal((await call("results", [[0, "set", LONG, "v"], [0, "get", LONG]])).at(-1), "v");
      equal((await call("keys")).filter((key) => HASHED.test(key)).length, 1);
    });
  },
};

/** Runs `use` with an object for each storage. One is SQLite, the other is the older storage. */
async function inObjects({ miniflare }, use) {
  for (const object of ["SQLITE", "PLAIN"]) await use((name, ...args) => ask(miniflare, { object, name, args }));
}

export async function stores(context) {
  const installed = (name) => import(pathToFileURL(join(context.folder, "node_modules/logto-admin/dist", name)));
  const [lib, core] = [await installed("stores.js"), await installed("core.js")];
  const path = await bundle(context.folder, "test/runtimes/stores-worker.mjs", "stores/worker.mjs", ["workerd"], "esm", ["cloudflare:workers"]);
  const durableObjects = { SQLITE: { className: "Keeper", useSQLite: true }, PLAIN: { className: "PlainKeeper" } };
  return withWorker({ modules: modules(path), modulesRoot: dirname(path), kvNamespaces: ["TOKENS"], durableObjects }, (miniflare) =>
    runCases(cases, { ...context, lib, core, miniflare }),
  );
}
