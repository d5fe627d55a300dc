// The types of the token stores, with those of Workers.
import { DurableObject } from "cloudflare:workers";
import { createClient } from "logto-admin/core";
import { durableObjectTokenStore, kvTokenStore } from "logto-admin/stores";
import { users } from "logto-admin/users";

interface Env {
  TOKENS: KVNamespace;
  APP_ID: string;
  APP_SECRET: string;
}

export class Accounts extends DurableObject<Env> {
  readonly #logto = createClient(
    { tenant: "my-tenant", appId: this.env.APP_ID, appSecret: this.env.APP_SECRET, tokenStore: durableObjectTokenStore(this.ctx.storage) },
    { users },
  );

  async name(id: string): Promise<string | null | undefined> {
    return (await this.#logto.users.get(id)).name;
  }
}

export default {
  async fetch(_request, { TOKENS, APP_ID, APP_SECRET }) {
    const tokenStore = kvTokenStore(TOKENS, { prefix: "production:" });
    const logto = createClient({ tenant: "my-tenant", appId: APP_ID, appSecret: APP_SECRET, tokenStore }, { users });
    return Response.json((await logto.users.list()).items.map(({ id }) => id));
  },
} satisfies ExportedHandler<Env>;
