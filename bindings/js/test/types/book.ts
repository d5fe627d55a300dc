// The TypeScript half of the examples in docs/src/javascript/. The Rust half is tests/cookbook/javascript.rs.
import { Emulator } from "logto-admin/emulator";
import { LogtoAdmin, LogtoError, NotFoundError, verifyWebhook, WebhookError, type Page, type Refresher, type User } from "logto-admin";
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";

// ANCHOR: client
export function client(): LogtoAdmin {
  return new LogtoAdmin({ tenant: "my-tenant", appId: "app-id", appSecret: "app-secret" });
}
// ANCHOR_END: client

// ANCHOR: groups
export const small = createClient({ tenant: "my-tenant", appId: "app-id", appSecret: "app-secret" }, { users });
// ANCHOR_END: groups

// ANCHOR: configured
export function configured(): LogtoAdmin {
  return new LogtoAdmin({
    tenant: "my-tenant",
    appId: "app-id",
    appSecret: "app-secret",
    timeout: 10_000,
    retries: 5,
    rateLimit: { requests: 100, per: 10_000 },
    headers: { "x-team": "identity" },
    onRequest: (request) => request.headers.set("x-operation", request.operation),
  });
}
// ANCHOR_END: configured

// ANCHOR: calls
export async function calls(logto: LogtoAdmin): Promise<User> {
  const user = await logto.users.create({ username: "ada", name: "Ada" });
  // `null` clears a member. `undefined` leaves it alone.
  return logto.users.update(user.id, { name: null });
}
// ANCHOR_END: calls

// ANCHOR: call_options
export async function hasty(logto: LogtoAdmin, id: string, signal: AbortSignal): Promise<User> {
  return logto.users.get(id, { includeSsoIdentities: true }, { signal, timeout: 5000, retries: 0 });
}
// ANCHOR_END: call_options

// ANCHOR: response
export async function etag(logto: LogtoAdmin, id: string): Promise<string | null> {
  const { response } = await logto.users.get(id).withResponse();
  return response.headers.get("etag");
}
// ANCHOR_END: response

// ANCHOR: untyped
export async function untyped(logto: LogtoAdmin, id: string): Promise<[unknown, unknown]> {
  const user = await logto.call("GetUser", { path: { userId: id } });
  const users = await logto.request("GET", "/api/users", { query: { pageSize: 5 } });
  return [user, users];
}
// ANCHOR_END: untyped

// ANCHOR: restricted
export async function readOnly(logto: LogtoAdmin, id: string): Promise<User> {
  const reader = logto.restrictedTo(["ListUsers", "GetUser"]);
  return reader.users.get(id);
}
// ANCHOR_END: restricted

// ANCHOR: upload
export async function upload(logto: LogtoAdmin, data: Uint8Array): Promise<string> {
  const logo = await logto.userAssets.upload({ file: { data, name: "logo.png", type: "image/png" } });
  return logo.url;
}
// ANCHOR_END: upload

// ANCHOR: page
export async function secondPage(logto: LogtoAdmin): Promise<Page<User>> {
  return logto.users.list({ page: 2, pageSize: 50 });
}
// ANCHOR_END: page

// ANCHOR: items
export async function usernames(logto: LogtoAdmin): Promise<string[]> {
  const names: string[] = [];
  for await (const user of logto.users.list({ search: "%ada%" })) {
    if (user.username != null) names.push(user.username);
  }
  return names;
}
// ANCHOR_END: items

// ANCHOR: pages
export async function sizes(logto: LogtoAdmin): Promise<number[]> {
  const sizes: number[] = [];
  for await (const page of logto.users.list({ pageSize: 20 }).pages()) {
    sizes.push(page.items.length);
  }
  return sizes;
}
// ANCHOR_END: pages

// ANCHOR: errors
export async function find(logto: LogtoAdmin, id: string): Promise<User | undefined> {
  try {
    return await logto.users.get(id);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
// ANCHOR_END: errors

// ANCHOR: describe
export function describe(error: unknown): string {
  if (!(error instanceof LogtoError)) return String(error);
  return `${error.operation}: ${error.status} ${error.code} (request ${error.requestId}, ${error.attempts} attempts)`;
}
// ANCHOR_END: describe

// ANCHOR: user_token
export function ofUser(endpoint: string, accessToken: string): LogtoAdmin {
  return new LogtoAdmin({ endpoint, getToken: () => accessToken });
}
// ANCHOR_END: user_token

// ANCHOR: keep_fresh
export async function fresh(logto: LogtoAdmin): Promise<[string, Refresher]> {
  const refresher = logto.keepFresh(); // until refresher.stop()
  const token = await logto.getToken();
  return [token, refresher];
}
// ANCHOR_END: keep_fresh

// ANCHOR: store
interface Namespace {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options?: { expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

export function shared(tokens: Namespace): LogtoAdmin {
  return new LogtoAdmin({
    tenant: "my-tenant",
    appId: "app-id",
    appSecret: "app-secret",
    tokenStore: {
      get: (key) => tokens.get(key),
      set: (key, value, ttl) => tokens.put(key, value, ttl === undefined ? {} : { expirationTtl: Math.max(60, ttl) }),
      delete: (key) => tokens.delete(key),
    },
  });
}
// ANCHOR_END: store

// ANCHOR: webhook
export async function receive(request: Request, signingKey: string): Promise<Response> {
  try {
    const event = await verifyWebhook(request, signingKey);
    console.log(event.event, event.createdAt);
    return new Response();
  } catch (error) {
    return new Response(null, { status: error instanceof WebhookError ? 401 : 500 });
  }
}
// ANCHOR_END: webhook

// ANCHOR: emulator
export async function test(): Promise<void> {
  const logto = new LogtoAdmin(new Emulator().options);
  const { id } = await logto.users.create({ username: "ada" });
  console.assert((await logto.users.get(id)).username === "ada");
}
// ANCHOR_END: emulator

// ANCHOR: canned
export function canned(): LogtoAdmin {
  return new LogtoAdmin({
    endpoint: "https://id.example.com",
    appId: "app-id",
    appSecret: "app-secret",
    fetch: async (url) =>
      url.endsWith("/oidc/token")
        ? Response.json({ access_token: "token", expires_in: 3600, scope: "all" })
        : Response.json([], { headers: { "total-number": "0" } }),
  });
}
// ANCHOR_END: canned
