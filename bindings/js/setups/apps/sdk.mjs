// An application that signs users in with Logto's own SDK, against the emulator.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import LogtoClient from "@logto/node";
import { LogtoAdmin } from "logto-admin";
import { Emulator } from "logto-admin/emulator";

const emulator = new Emulator();
const logto = new LogtoAdmin(emulator.options);
// The SDK compares times with the clock of the system.
await emulator.advance(Date.now() - Date.UTC(2025, 0, 1));
// The SDK loads the keys by Node's HTTP client, so the emulator needs a port.
const server = createServer(async (request, response) => {
  const body = await text(request);
  const { method, headers } = request;
  const answer = await emulator.fetch(new URL(request.url, endpoint), { method, headers, ...(body && { body }) });
  response.writeHead(answer.status, [...answer.headers].flat());
  response.end(await answer.text());
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const endpoint = `http://127.0.0.1:${server.address().port}`;

/** The storage of the SDK. */
const kept = new Map();
const storage = {
  getItem: async (key) => kept.get(key) ?? null,
  setItem: async (key, value) => void kept.set(key, value),
  removeItem: async (key) => void kept.delete(key),
};
/** Where the SDK sends the browser. */
let target;
const sdk = (options) => new LogtoClient({ endpoint, appId: "demo-app", ...options }, { navigate: (url) => (target = url), storage });

/** A browser with its cookies. */
const cookies = new Map();
async function visit(path, init = {}) {
  const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
  const response = await fetch(new URL(path, endpoint), { redirect: "manual", ...init, headers: { cookie, ...init.headers } });
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(";", 1)[0].split(/=(.*)/s);
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  return response;
}

async function call(method, path, body) {
  const init = body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await visit(`/api/experience${path}`, { method, ...init });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.status === 200 ? response.json() : undefined;
}

// The tenant.
const password = "violet-anchor-47-kettle";
const ada = await logto.users.create({ username: "ada", name: "Ada", password });
const api = await logto.resources.create({ name: "Ledger", indicator: "https://ledger.example" });
const scope = await logto.resources.createScope(api.id, { name: "read" });
const role = await logto.roles.create({ name: "reader", description: "Reads", scopeIds: [scope.id] });
await logto.users.assignRoles(ada.id, { roleIds: [role.id] });
const organization = await logto.organizations.create({ name: "Analysts" });
await logto.organizations.addUsers(organization.id, { userIds: [ada.id] });

// The sign-in.
const client = sdk({ scopes: ["read", "urn:logto:scope:organizations"], resources: [api.indicator] });
const page = new URL("/demo-app", endpoint).href;
await client.signIn(page);
assert.equal((await visit(target)).headers.get("location"), "/sign-in?app_id=demo-app");
await call("PUT", "", { interactionEvent: "SignIn" });
const record = await call("POST", "/verification/password", { identifier: { type: "username", value: "ada" }, password });
await call("POST", "/identification", record);
let { redirectTo } = await call("POST", "/submit");
while (!redirectTo.startsWith(page)) redirectTo = (await visit(redirectTo)).headers.get("location");
await client.handleSignInCallback(redirectTo);

// The SDK reads tokens and claims. It verifies the ID token.
assert.equal(await client.isAuthenticated(), true);
const claims = await client.getIdTokenClaims();
assert.deepEqual([claims.sub, claims.name, claims.organizations], [ada.id, "Ada", [organization.id]]);
assert.equal((await client.fetchUserInfo()).username, "ada");
const token = await client.getAccessTokenClaims(api.indicator);
assert.deepEqual([token.aud, token.sub, token.scope], [api.indicator, ada.id, "read"]);
assert.equal((await client.getOrganizationTokenClaims(organization.id)).aud, `urn:logto:organization:${organization.id}`);
await assert.rejects(client.getOrganizationToken("unknown"), { code: "oidc.access_denied" });

// Refreshed tokens follow the roles. Users that are deleted get none.
await logto.roles.removeScope(role.id, scope.id);
await client.clearAccessToken();
assert.equal((await client.getAccessTokenClaims(api.indicator)).scope, undefined);
await logto.users.delete(ada.id);
await client.clearAccessToken();
await assert.rejects(client.getAccessToken(api.indicator), { code: "oidc.invalid_grant" });

await client.signOut(page);
assert.equal(new URL(target).pathname, "/oidc/session/end");
server.close();
server.closeAllConnections();
console.log("signed in and out");
