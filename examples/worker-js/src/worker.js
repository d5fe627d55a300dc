import { createClient, NotFoundError } from "logto-admin/core";
import { kvTokenStore } from "logto-admin/stores";
import { users } from "logto-admin/users";

// ANCHOR: client
/** One client per instance: all requests share its token. Creating it starts nothing. */
let client;

function logto(env) {
  client ??= createClient(
    {
      endpoint: env.LOGTO_ENDPOINT,
      appId: env.LOGTO_APP_ID,
      appSecret: env.LOGTO_APP_SECRET,
      fetch: (url, init) => env.LOGTO.fetch(url, init),
      tokenStore: kvTokenStore(env.TOKENS),
    },
    { users },
  );
  return client;
}
// ANCHOR_END: client

// ANCHOR: greet
export default {
  async fetch(request, env) {
    const [, id] = new URL(request.url).pathname.match(/^\/users\/([^/]+)$/) ?? [];
    if (id === undefined) return new Response("GET /users/{id}\n", { status: 404 });
    try {
      const user = await logto(env).users.get(decodeURIComponent(id), {}, { signal: request.signal });
      return new Response(`Hello, ${user.name ?? user.username ?? user.id}!\n`);
    } catch (error) {
      if (error instanceof NotFoundError) return new Response("User not found.\n", { status: 404 });
      console.error(error);
      return new Response("Request to Logto failed.\n", { status: 502 });
    }
  },
};
// ANCHOR_END: greet
