// Runs functions of token stores in workerd: those of KV in the Worker, and those of a Durable Object inside of it.
import { DurableObject } from "cloudflare:workers";
import { durableObjectTokenStore, kvTokenStore } from "logto-admin/stores";

/** Calls the functions in this order, each at its time, and returns the results. */
async function results(store, calls) {
  const now = Date.now;
  try {
    const all = [];
    for (const [at, name, ...args] of calls) {
      Date.now = () => at;
      all.push(store[name] ? ((await store[name](...args)) ?? null) : "no such function");
    }
    return all;
  } finally {
    Date.now = now;
  }
}

export class Keeper extends DurableObject {
  results(calls) {
    return results(durableObjectTokenStore(this.ctx.storage), calls);
  }

  /** Returns which of these owners acquire the lock, when all ask at the same time. */
  async race(key, owners) {
    const store = durableObjectTokenStore(this.ctx.storage);
    return Promise.all(owners.map((owner) => store.tryLock(key, owner, 10)));
  }

  async keys() {
    return [...(await this.ctx.storage.list()).keys()];
  }
}

export default {
  async fetch(request, env) {
    const { kv, object, name, args } = await request.json();
    if (kv) return Response.json(await results(kvTokenStore(env.TOKENS, { prefix: kv.prefix }), kv.calls));
    return Response.json(await env[object].get(env[object].idFromName("one"))[name](...args));
  },
};

/** A class has one kind of storage. */
export class PlainKeeper extends Keeper {}
