// The tests for all runtimes. They use no test runner: each runtime imports this file and reports the results.
import * as lib from "logto-admin";
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";

const { LogtoAdmin, LogtoError } = lib;

function equal(actual, expected, what = "value") {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is}, expected ${should}`);
}

function ok(condition, what) {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

async function fails(call, type, check = () => {}) {
  let error;
  try {
    await call;
  } catch (caught) {
    error = caught;
  }
  ok(error !== undefined, `the call fails with ${type.name}`);
  if (!(error instanceof type)) throw new Error(`the call fails with ${error?.name} (${error?.message}), expected ${type.name}`);
  await check(error);
  return error;
}

/** Waits until a request to a path that starts like this has arrived. */
async function arrived(room, path) {
  while (!(await room.seen()).seen.some((request) => request.path.startsWith(path))) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Timeout of calls whose time the test ends, in milliseconds. No other timer is as long. */
const ENDLESS = 50_000;

/** Runs a function in which the test ends the timers of `ENDLESS` milliseconds. */
async function withClock(run) {
  const { setTimeout, clearTimeout } = globalThis;
  const { now } = performance;
  const held = new Map();
  let ahead = 0;
  // A timer for the rest of a timeout is slightly shorter.
  globalThis.setTimeout = (work, time, ...rest) => {
    if (!(time > ENDLESS * 0.8 && time <= ENDLESS)) return setTimeout(work, time, ...rest);
    const timer = setTimeout(() => {}, 0);
    held.set(timer, () => work(...rest));
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    held.delete(timer);
    clearTimeout(timer);
  };
  performance.now = () => now.call(performance) + ahead;
  const end = () => {
    ahead += ENDLESS;
    const ended = [...held.values()];
    held.clear();
    for (const work of ended) work();
  };
  try {
    return await run(end);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    performance.now = now;
  }
}

/** Tests by name. `room` is an endpoint with a plan. `client` creates a client for it. */
const tests = {
  async "a call requests a token and sends it"({ room, client }) {
    const user = await client().users.create({ username: "ada" });
    equal([user.id, user.username], ["new", "ada"]);
    const { seen } = await room.seen();
    equal(seen.map(({ method, path }) => `${method} ${path}`), ["POST /oidc/token", "POST /api/users"]);
    equal(seen[0].headers.authorization, `Basic ${btoa("app:secret")}`);
    equal(new URLSearchParams(seen[0].body).get("grant_type"), "client_credentials");
    equal(seen[1].headers.authorization, "Bearer token-1");
    equal(seen[1].headers["content-type"], "application/json");
  },

  async "null is sent, undefined is not sent"({ room, client }) {
    await client().users.update("a/b", { name: null, username: undefined });
    const last = (await room.seen()).seen.at(-1);
    equal([last.method, last.path, last.body], ["PATCH", "/api/users/a%2Fb", '{"name":null}']);
  },

  async "values that JSON would write as empty objects are refused with their path"({ room, client }) {
    const admin = client();
    for (const [customData, path] of [
      [{ tags: new Map([["a", 1]]) }, "body.customData.tags"],
      [{ list: [1, { late: Promise.resolve(1) }] }, "body.customData.list[1].late"],
      [{ ids: new Set() }, "body.customData.ids"],
      [{ file: new Blob([]) }, "body.customData.file"],
      [{ bytes: new Uint8Array(1) }, "body.customData.bytes"],
      [{ buffer: new ArrayBuffer(1) }, "body.customData.buffer"],
      [{ why: new Error("no") }, "body.customData.why"],
      [{ stream: new ReadableStream() }, "body.customData.stream"],
      [{ score: NaN }, "body.customData.score"],
      [{ when: new Date(NaN) }, "body.customData.when"],
      [{ run: () => 1 }, "body.customData.run"],
    ]) {
      await fails(admin.users.create({ customData }), TypeError, ({ message }) => ok(message.includes(`\`${path}\``), message));
    }
    for (const body of [new ReadableStream(), new Error("no"), new Date(), new URL("https://example.com"), /a/, "{}", null, 7]) {
      await fails(admin.users.create(body), TypeError, ({ message }) => ok(message.includes("`body`"), message));
    }
    equal((await room.seen()).seen.length, 0);
    const own = { toJSON: () => [1], *[Symbol.iterator]() {} };
    await admin.users.create({ customData: { when: new Date(0), list: [[1]], own, bare: Object.create(null) } });
    equal(JSON.parse((await room.seen()).seen.at(-1).body), { customData: { when: "1970-01-01T00:00:00.000Z", list: [[1]], own: [1], bare: {} } });
  },

  async "a restricted client sends only the operations of its list"({ room, client }) {
    const admin = client();
    const reader = admin.restrictedTo(["ListUsers", "GetUser"]);
    equal([(await reader.users.list()).items.length, (await reader.users.get("x")).id, (await reader.call("GetUser", { path: { userId: "x" } })).id], [20, "x", "x"]);
    const before = (await room.seen()).seen.length;
    for (const [call, operation] of [
      [() => reader.users.delete("x"), "DeleteUser"],
      [() => reader.call("DeleteUser", { path: { userId: "x" } }), "DeleteUser"],
      [() => reader.roles.list(), "ListRoles"],
      [() => reader.request("GET", "/api/users"), "GET /api/users"],
    ]) {
      await fails(call(), lib.RestrictedError, (error) => {
        equal([error.operation, error.message.includes(operation), error.hint.includes(operation)], [operation, true, true]);
        ok(error instanceof LogtoError, "it is an error of the package");
      });
    }
    const narrower = reader.restrictedTo(["GetUser", "DeleteUser"]);
    equal((await narrower.users.get("x")).id, "x");
    await fails(narrower.users.list(), lib.RestrictedError);
    await fails(narrower.users.delete("x"), lib.RestrictedError);
    await fails((async () => admin.restrictedTo(["listUsers"]))(), TypeError, ({ message }) => ok(message.includes("did you mean `ListUsers`"), message));
    await fails((async () => admin.restrictedTo("ListUsers"))(), TypeError);
    equal((await room.seen()).seen.length, before + 1);
    equal((await room.seen()).seen.filter(({ path }) => path === "/oidc/token").length, 1, "token calls of all clients");
    ok(reader instanceof LogtoAdmin, "it has the class of its client");
    await admin.users.delete("x");
  },

  async "a redirect to another origin is not followed"({ client }) {
    const seen = [];
    const redirect = async (url) => {
      seen.push(url);
      return new Response(null, { status: 302, headers: { location: "https://else.example.com/" } });
    };
    const admin = client({ getToken: () => "t", appId: undefined, appSecret: undefined, retries: 3, fetch: redirect });
    await fails(admin.users.list({}, { redirects: 5 }), lib.ConnectionError, ({ message, attempts }) => {
      ok(message.includes("another origin"), message);
      equal(attempts, 1);
    });
    equal(seen.length, 1);
  },

  async "hooks see each redirect, and a client can set what calls override"({ client }) {
    const [seen, sent] = [[], []];
    const own = async (url, { headers }) => {
      sent.push([new URL(url).pathname, headers["x-hop"], headers.authorization]);
      const next = { "/api/status": "/b", "/b": "/c" }[new URL(url).pathname];
      return new Response(null, next ? { status: 307, headers: { location: next } } : { status: 202 });
    };
    const onRequest = (request) => {
      seen.push([new URL(request.url).pathname, request.attempt]);
      request.headers.set("x-hop", String(seen.length));
    };
    const admin = client({ getToken: () => "t", appId: undefined, appSecret: undefined, endpoint: "http://127.0.0.1:9", redirects: 2, strict: true, fetch: own, onRequest });
    await fails(admin.users.delete("x", { redirects: 0 }), lib.DecodeError);
    await admin.status.get({ strict: false });
    equal(seen.slice(1), [["/api/status", 1], ["/b", 1], ["/c", 1]]);
    equal(sent.slice(1), [["/api/status", "2", undefined], ["/b", "3", undefined], ["/c", "4", undefined]]);
    await fails(admin.status.get(), lib.DecodeError, ({ message }) => ok(message.includes("status 202 is not documented"), message));
    await fails(admin.status.get({ redirects: 1 }), lib.ConnectionError, ({ message }) => ok(message.includes("more than 1 redirects"), message));
  },

  async "redirects do not count for the rate limit"({ client }) {
    const own = async (url) => {
      const isFirst = new URL(url).pathname === "/api/users";
      return isFirst ? new Response(null, { status: 307, headers: { location: "/b" } }) : Response.json([]);
    };
    const rateLimit = { requests: 2, per: 3_600_000 };
    const admin = client({ getToken: () => "t", appId: undefined, appSecret: undefined, redirects: 1, totalTimeout: 5_000, fetch: own, rateLimit });
    await admin.users.list();
    equal((await admin.users.list()).items, []);
  },

  async "awaiting a list returns one page"({ room, client }) {
    const page = await client().users.list({ search: "%a%", page: 2, pageSize: 30 });
    equal([page.items.length, page.total, page.page, page.pageSize, page.hasNext], [30, 250, 2, 30, true]);
    equal([...page][0].id, "user-30");
    equal((await room.seen()).seen.at(-1).query, "?search=%25a%25&page=2&pageSize=30".replace("pageSize", "page_size"));
    const plain = await client().users.list();
    equal([plain.items.length, plain.page, plain.pageSize], [20, 1, 20]);
    equal((await room.seen()).seen.at(-1).query, "");
  },

  async "iterating a list returns all items, and nothing is sent before"({ room, client }) {
    const list = client().users.list();
    equal((await room.seen()).seen.length, 0);
    const ids = [];
    for await (const user of list) ids.push(user.id);
    equal([ids.length, ids[249]], [250, "user-249"]);
    const pages = [];
    for await (const page of client().users.list({ pageSize: 100, page: 2 }).pages()) pages.push(page.items.length);
    equal(pages, [100, 50]);
  },

  async "the word with which older servers answer reads as undefined"({ room, client }) {
    await room.plan({ plan: [{ status: 201, headers: { "content-type": "text/plain; charset=utf-8" }, body: "Created" }] });
    equal(await client().users.assignRoles("ada", { roleIds: ["r"] }), undefined);
    await room.plan({ plan: [{ status: 201, body: { roleIds: ["r"], addedRoleIds: [] } }] });
    equal(await client().users.assignRoles("ada", { roleIds: ["r"] }), { roleIds: ["r"], addedRoleIds: [] });
  },

  async "the hint of an unknown route names the release that introduced the operation"({ room, client }) {
    const plain = { headers: { "content-type": "text/plain" }, body: "Not Found" };
    await room.plan({ plan: [{ status: 404, ...plain }, { status: 405, ...plain }, { status: 404, ...plain }] });
    const logto = client();
    await fails(logto.customProfileFields.list(), LogtoError, ({ status, hint }) => {
      equal([status, hint], [404, "check the release of the server: Logto 1.31 introduced this operation"]);
    });
    await fails(logto.cimd.listUserConsentScopes(), LogtoError, ({ hint }) => equal(hint, "check the release of the server: the release after Logto 1.42 introduced this operation"));
    await fails(logto.users.get("u"), LogtoError, ({ hint }) => ok(hint.startsWith("check the path"), hint));
  },

  async "serverRelease compares the operations of the server with those of every release"({ room, client }) {
    const logto = client();
    const document = (paths) => room.plan({ plan: [{ body: { openapi: "3.0.1", paths } }] });
    await document({ "/api/users/{id}": { get: {} }, "/api/interaction": { put: {} } });
    equal(await logto.serverRelease(), { oldest: "1.17", newest: "1.17" });
    await document({ "/api/cimd/user-consent-scopes": { get: {} } });
    equal(await logto.serverRelease(), { oldest: "next", newest: "next" });
  },

  async "withResponse returns status, headers and URL"({ room, client }) {
    const { data, response } = await client().users.get("x").withResponse();
    equal([data.id, response.status, response.url], ["x", 200, `${room.url}/api/users/x`]);
    ok(response.headers.get("content-type").startsWith("application/json"), "the headers are present");
    const list = await client().users.list().withResponse();
    equal([list.data.items.length, list.response.status], [20, 200]);
  },

  async "a failed token call has the class of its reason"({ room, client }) {
    const busy = { status: 429, headers: { "retry-after": "7" } };
    await room.plan({ tokenPlan: [busy, { status: 503 }, { status: 401, body: { error: "invalid_client" } }, { body: "welcome" }] });
    const get = () => client({ retries: 0 }).users.get("x");
    await fails(get(), lib.RateLimitError, ({ retryAfter }) => equal(retryAfter, 7));
    await fails(get(), lib.ServerError);
    await fails(get(), lib.AuthenticationError, ({ code }) => equal(code, "invalid_client"));
    await fails(get(), lib.DecodeError, ({ status, attempts, stopReason }) => equal([status, attempts, stopReason], [200, 0, "final"]));
  },

  async "calls right after a failed token call fail at once"({ room, client }) {
    await room.plan({ tokenPlan: [{ status: 503 }] });
    const logto = client({ retries: 0 });
    for (let call = 0; call < 20; call++) await fails(logto.users.get("x"), lib.ServerError);
    equal((await room.seen()).seen.length, 1);
  },

  async "an access token that no header can carry is rejected"({ client }) {
    for (const token of ["a\nb", "a b", "é"]) {
      await fails(client({ getToken: () => token }).users.get("x"), lib.AuthenticationError, ({ message }) => {
        ok(message.includes("a header cannot carry"), message);
      });
    }
  },

  async "a token of a user is exchanged"({ room, client }) {
    let made = 0;
    const logto = client({ exchange: { subjectToken: async () => `subject-${++made}` }, scope: "profile", organizationId: "org-1" });
    await room.plan({ plan: [{ body: {} }] });
    await logto.myAccount.getProfile();
    await logto.getToken({ forceRefresh: true });
    const forms = (await room.seen()).seen.filter(({ path }) => path === "/oidc/token").map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    equal(forms[0], {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: "subject-1",
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
      organization_id: "org-1",
      scope: "profile",
    });
    equal(forms[1].subject_token, "subject-2");
    await fails(logto.users.list(), lib.AuthenticationError);
    await fails(client({ exchange: { subjectToken: () => Promise.reject(new EvalError("none")) } }).getToken(), lib.AuthenticationError, ({ cause, message }) => {
      ok(cause instanceof EvalError && message.includes("`subjectToken` failed"), message);
    });
  },

  async "a personal access token is exchanged again and again"({ room, client }) {
    const logto = client({ exchange: { personalAccessToken: "pat_1" }, resource: "https://api.example" });
    await logto.getToken();
    await logto.getToken({ forceRefresh: true });
    const forms = (await room.seen()).seen.map(({ body }) => new URLSearchParams(body));
    equal(forms.map((form) => form.get("subject_token_type")), Array(2).fill("urn:logto:token-type:personal_access_token"));
    equal([forms[1].get("subject_token"), forms[1].get("resource"), forms[1].get("scope")], ["pat_1", "https://api.example", null]);
  },

  async "an application requests a token of an organization"({ room, client }) {
    await client({ organizationId: "org-1" }).getToken();
    const [form] = (await room.seen()).seen.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    equal(form, { grant_type: "client_credentials", organization_id: "org-1" });
    await fails((async () => new LogtoAdmin({ tenant: "t", organizationId: "org-1" }))(), TypeError);
    await fails((async () => client({ exchange: {} }))(), TypeError);
  },

  async "a conflict is the same as in Rust"({ room, client }) {
    const refusals = [
      [422, "user.username_already_in_use", lib.ConflictError],
      [422, "role.name_in_use", lib.ConflictError],
      [422, "entity.unique_integrity_violation", lib.ConflictError],
      [409, "anything", lib.ConflictError],
      [422, "user.identity_not_exists", lib.UnprocessableError],
      [422, "password.rejected", lib.UnprocessableError],
    ];
    await room.plan({ plan: refusals.map(([status, code]) => ({ status, body: { code, message: "no" } })) });
    for (const [, code, type] of refusals) {
      await fails(client().users.create({ username: "a" }), type, (error) => equal(error.name, type.kind, code));
    }
  },

  async "an error has the details, the headers and the time to wait"({ room, client }) {
    const body = { code: "guard.invalid_input", message: "Invalid.", details: "Error in `username`" };
    const headers = { "retry-after": "7", "x-limit": "200" };
    await room.plan({ plan: [{ status: 400, body }, { status: 429, headers, body: { code: "request.message_rate_limited", message: "no" } }] });
    await fails(client().users.create({}), lib.UnprocessableError, ({ message, details }) => {
      ok(message.endsWith("Invalid. [details: Error in `username`]"), message);
      equal(details, body.details);
    });
    await fails(client().users.create({}), lib.RateLimitError, (error) => equal([error.retryAfter, error.headers.get("x-limit")], [7, "200"]));
  },

  async "arguments that a URL cannot carry are named"({ room, client }) {
    const logto = client();
    for (const [call, name] of [
      [() => logto.users.get("a\ud800"), "userId"],
      [() => logto.users.list({ page: NaN }), "query.page"],
      [() => logto.users.list({ pageSize: Infinity }), "query.pageSize"],
      [() => logto.users.list({ search: Symbol("a") }), "query.search"],
      [() => logto.users.list({ search: () => "a" }), "query.search"],
    ]) {
      await fails(call(), TypeError, ({ message }) => ok(message.startsWith(`\`${name}\``), message));
    }
    equal((await room.seen()).seen.length, 0);
    await logto.users.list({ "search.id": ["a", "b"], "mode.id": "exact" });
    equal((await room.seen()).seen.at(-1).query, "?search.id=a&search.id=b&mode.id=exact");
  },

  async "the stack of an error shows the line of the caller"({ client }) {
    const logto = client();
    const findUser = async (id) => await logto.roles.get(id);
    const listThem = async (query) => await logto.users.list(query);
    const iterate = async () => {
      for await (const user of logto.users.list({ page: Infinity })) ok(user, "no user is expected");
    };
    const token = async () => await new LogtoAdmin({ endpoint: "https://localhost", getToken: () => "" }).getToken();
    const stored = async () => {
      const call = logto.roles.get("none");
      await undefined;
      return await call;
    };
    const together = async () => await Promise.all([logto.roles.get("none").withResponse()]);
    for (const [run, name] of [[stored, "stored"], [together, "together"], [token, "token"], [() => findUser("none"), "findUser"], [() => findUser(""), "findUser"], [() => listThem({ page: NaN }), "listThem"], [iterate, "iterate"]]) {
      const stack = await run().then(() => "", (error) => error.stack);
      // A worker's bundle and minifiers rename functions; the file stays.
      ok(stack.includes(name) || /suite|worker|entry/.test(stack), stack);
      ok(!stack.includes("wasm"), stack);
    }
  },

  async "a call with a fresh token does not enter the module"({ room, client, ready }) {
    const entries = async (call) => {
      const at = ready();
      let count = 0;
      // Other clients might enter the module meanwhile, to be released.
      const counting = (wasm) => new Proxy(wasm, { get: (exports, name) => ((count += name === "call"), exports[name]) });
      at.enter = (run) => Object.getPrototypeOf(at).enter.call(at, (wasm) => run(counting(wasm)));
      await call().catch(() => {});
      delete at.enter;
      return count > 0;
    };
    const admin = client();
    const get = () => admin.users.get("x");
    await get();
    equal(await entries(get), false, "after a success");
    equal(await entries(() => admin.users.list()), false, "of another operation");
    equal(await entries(() => admin.users.get("x", {}, { headers: { authorization: "Bearer own" } })), true, "with another token");
    for (const [status, after] of [[404, false], [503, false], [401, false], [429, true]]) {
      await room.plan({ plan: [{ status, body: "{}", headers: { "retry-after": "0" } }] });
      equal(await entries(get), true, `with a ${status}`);
      equal(await entries(get), after, `after a ${status}`);
      // After a 429, the module decides about every attempt.
      if (status !== 429) equal(await entries(get), false, `later after a ${status}`);
    }
    const renewed = client();
    await renewed.users.get("x");
    const token = await renewed.getToken({ forceRefresh: true });
    equal(await entries(() => renewed.users.get("x")), true, "after a renewal");
    equal((await room.seen()).seen.at(-1).headers.authorization, `Bearer ${token}`);
    for (const options of [{ rateLimit: { requests: 100, per: 1000 } }, { tokenStore: { get: () => undefined, set: () => {} } }]) {
      const limited = client(options);
      await limited.users.get("x");
      equal(await entries(() => limited.users.get("x")), true, Object.keys(options)[0]);
    }
  },

  async "a call that begins without the module ends like any other"({ room, client }) {
    const getWith = (options) => (admin) => admin.users.get("x", {}, options);
    const get = getWith({});
    const create = (admin) => admin.users.create({ username: "ada" });
    const error = (status, code, more) => ({ status, body: { code, message: "why", ...more } });
    const late = { held: true, body: "{}" };
    // The first answer is late. `end` runs when the request has arrived.
    const slow = async (call, end) => {
      await arrived(room, "/api/users");
      end();
      return call;
    };
    const slowly = (call) => (admin, end) => slow(call(admin), end);
    const aborting = (admin) => {
      const controller = new AbortController();
      return slow(getWith({ signal: controller.signal })(admin), () => controller.abort(new RangeError("enough")));
    };
    const thrower = (name) => ({ [name]: ({ operation }, request) => { if ((request ?? { operation }).operation === "CreateUser") throw new SyntaxError(name); } });
    const faults = {
      success: [[], get],
      "no content": [[{ status: 204 }], (admin) => admin.users.delete("x")],
      invalid: [[error(400, "guard.invalid_input", { details: "a.b" })], create],
      "rejected once": [[error(401, "auth.expired_or_wrong_token")], get],
      "rejected twice": [[error(401, "auth.expired_or_wrong_token"), error(401, "auth.expired_or_wrong_token")], get],
      unverified: [[error(401, "verification_record.permission_denied")], create],
      forbidden: [[error(403, "auth.forbidden")], get],
      missing: [[error(404, "entity.not_found")], get],
      "unknown route": [[{ status: 404, headers: { "content-type": "text/plain" }, body: "Not Found" }], get],
      taken: [[error(422, "user.username_already_in_use")], create],
      "limited once": [[{ status: 429, headers: { "retry-after": "0" }, body: "{}" }], get],
      "unavailable once": [[{ status: 503, headers: { "retry-after": "0" } }], get],
      unavailable: [Array(6).fill({ status: 503, headers: { "retry-after": "0" } }), get],
      "unavailable without retries": [[{ status: 503 }], getWith({ retries: 0 })],
      "not idempotent": [[{ status: 502 }], create],
      "web page": [[{ headers: { "content-type": "text/html" }, body: "<html>" }], get],
      "broken JSON": [[{ body: "{" }], get],
      large: [[{ body: JSON.stringify({ id: "x".repeat(200) }) }], getWith({ maxResponseBytes: 100 })],
      "broken once": [[{ destroy: "before" }], get],
      "broken body": [[{ destroy: "within", body: "{", length: 9 }], create],
      slow: [[late], slowly(getWith({ timeout: ENDLESS, retries: 0 }))],
      "slow once": [[late], slowly(getWith({ timeout: ENDLESS }))],
      "slow in total": [[late], slowly(getWith({ timeout: 0, totalTimeout: ENDLESS }))],
      "slow and not idempotent": [[late], slowly((admin) => admin.users.create({}, { timeout: ENDLESS }))],
      aborted: [[late], aborting],
      "before hook": [[], create, thrower("onRequest")],
      "after hook": [[], create, thrower("onResponse")],
    };
    const outcome = async ([plan, call, options], warm) => {
      const admin = client(options);
      if (warm) await admin.users.get("warm");
      await room.plan({ plan, seen: [], tokens: 0 });
      const ended = await withClock((end) => call(admin, end)).then(
        (value) => ({ value }),
        ({ name, message, status, code, hint, details, attempts, stopReason, retryAfter, cause }) =>
          ({ name, message, status, code, hint, details, attempts, stopReason, retryAfter, cause: cause?.name }),
      );
      const { seen } = await room.seen();
      const calls = seen.filter(({ path }) => path !== "/oidc/token");
      return { ...ended, calls: calls.map(({ method, path, body, headers }) => [method, path, body, headers.authorization.startsWith("Bearer token-")]) };
    };
    for (const [name, fault] of Object.entries(faults)) equal(await outcome(fault, true), await outcome(fault, false), name);
  },

  async "texts that no request can carry are refused, and disturb no other call"({ room, client }) {
    const refused = (options, name) => fails((async () => client(options))(), TypeError, ({ message }) => ok(message.includes(`\`${name}\``), message));
    for (const name of ["appId", "appSecret", "organizationId", "resource", "scope"]) {
      for (const text of ["\ud800", "a\n", "a\0"]) await refused({ [name]: text }, name);
      if (name !== "scope") await refused({ [name]: " " }, name);
    }
    await refused({ exchange: { personalAccessToken: "p\n" } }, "exchange.personalAccessToken");
    await refused({ exchange: { personalAccessTokn: "p" } }, "exchange.personalAccessTokn");
    await refused({ rateLimit: { requests: 1, per: 1, burst: 1 } }, "rateLimit.burst");
    const admin = client();
    for (const [call, name] of [
      [admin.users.list({ search: "\ud800" }), "query.search"],
      [admin.users.list({ page: 0 }), "query.page"],
      [admin.users.list({ pageSize: 1.5 }), "query.pageSize"],
      [admin.users.list({ page: 1e21 }), "query.page"],
      [admin.call("GetUser", { userId: "x" }), "input.userId"],
      [admin.users.list({ timeout: 5 }), "query.timeout"],
      [admin.userAssets.upload(new Blob(["x"])), "body"],
      [admin.userAssets.upload({}), "body"],
      [admin.userAssets.upload({ file: { data: new Blob(["x"]), filename: "a.png" } }), "body.file.filename"],
      [admin.request("GET", "/api/users", { path: 1 }), "input.path"],
      [admin.users.get("\udc00"), "userId"],
      [admin.request("GET", "/api/users/\ud800"), "path"],
      [admin.request("GET", "/api/users/\u001b"), "path"],
      [admin.request("POST", "/api/users", { body: new ArrayBuffer(2) }), "body"],
    ]) {
      await fails(call, TypeError, ({ message }) => ok(message.includes(`\`${name}\``), message));
    }
    await fails((async () => admin.keepFresh({ interval: 1n }))(), TypeError);
    await fails((async () => admin.keepFresh({ intervall: 1 }))(), TypeError, ({ message }) => ok(message.includes("`intervall` is not one of interval"), message));
    await fails((async () => admin.getToken({ force: true }))(), TypeError, ({ message }) => ok(message.includes("`force`"), message));
    await fails((async () => admin.keepFresh(3000))(), TypeError, ({ message }) => ok(message.includes("`options`"), message));
    for (const [options, name] of [
      [{ redirects: -1 }, "redirects"],
      [{ redirects: 0.5 }, "redirects"],
      [{ retries: 1.5 }, "retries"],
      [{ strict: 1 }, "strict"],
      [{ retry: 3 }, "retry"],
      [{ retry: { base: "1" } }, "retry.base"],
    ]) {
      await refused(options, name);
      await fails(admin.users.list({}, options), TypeError, ({ message }) => ok(message.includes(`\`${name}\``), message));
    }
    equal((await room.seen()).seen.length, 0);
    await admin.users.list({ "search.id": new Set(["a", "b"]) });
    equal((await room.seen()).seen.at(-1).query, "?search.id=a&search.id=b");
  },

  async "a failed call for a subject token or in getToken keeps its class"({ room, client }) {
    const admin = client({ retries: 0 });
    await room.plan({ plan: [{ status: 429, headers: { "retry-after": "9" }, body: "{}" }, { status: 404, body: { code: "entity.not_found", message: "no" } }] });
    const subjectToken = async () => (await admin.users.get("x")).id;
    await fails(client({ exchange: { subjectToken }, retries: 0 }).getToken(), lib.RateLimitError, ({ status, retryAfter }) => equal([status, retryAfter], [429, 9]));
    await room.plan({ plan: [{ status: 404, body: { code: "entity.not_found", message: "no" } }] });
    const other = new LogtoAdmin({ endpoint: room.url, getToken: async () => (await client().users.get("x")).id });
    // A missing entity there does not mean that the entity of this call is missing.
    await fails(other.users.get("y"), lib.AuthenticationError, ({ status, cause }) => ok(status === undefined && cause instanceof lib.NotFoundError, cause?.name));
    class VaultError extends LogtoError {
      constructor(response) {
        super(response.statusText.toUpperCase());
      }
    }
    const vault = () => {
      throw new VaultError({ statusText: "sealed" });
    };
    await fails(client({ getToken: vault }).users.get("y"), lib.AuthenticationError, ({ cause }) => ok(cause instanceof VaultError, cause?.name));
    await fails(client({ getToken: () => "t", fetch: vault, retries: 0 }).users.get("y"), LogtoError);
  },

  async "logs of an error contain no headers and no data"({ room, client }) {
    await room.plan({ plan: [{ status: 422, headers: { "set-cookie": "_session=s3cret" }, body: { code: "x", message: "no", data: { mail: "ada" } } }] });
    await fails(client().users.create({}), LogtoError, (error) => {
      equal([error.data.mail, typeof error.headers.get], ["ada", "function"]);
      ok(!Object.keys(error).some((name) => name === "headers" || name === "data"), Object.keys(error).join());
    });
  },

  async "URLs in messages contain no password and no query"({ room, client }) {
    for (const target of ["https:/user:s3cret@host/x", "https:\\\\user:s3cret@host", "https://user:s3/cret@host", "https://user:s3?cret@host", "user:s3cret@host/x", "custom+x://user:s3cret@host", "https://user:s3cret\uff20host"]) {
      const fetch = async () => ({ status: 302, headers: new Headers([["location", encodeURI(target)]]), url: "", body: null, text: async () => "" });
      const location = { get: (name) => (name === "location" ? target : null), has: () => false };
      const redirected = client({ getToken: () => "t", retries: 0, fetch: async () => ({ ...(await fetch()), headers: location }) });
      await fails(redirected.users.get("x"), LogtoError, ({ message }) => ok(!/s3|cret/.test(message), message));
    }
    for (const [target, expected] of [["https://idp.example.com/login?hint=ada@evil.example", "https://idp.example.com/login"], ["https://id.example.com/users/a@b", "https://id.example.com/users/a@b"], ["https://id.example.com:8443/a@b", "https://id.example.com:8443"]]) {
      const redirect = { status: 302, headers: { get: (name) => (name === "location" ? target : null), has: () => false }, url: "", body: null, text: async () => "" };
      const redirected = client({ getToken: () => "t", retries: 0, fetch: async () => redirect });
      await fails(redirected.users.get("x"), LogtoError, ({ message }) => ok(message.endsWith(` ${expected}`), message));
    }
    const fetch = (url) => {
      throw new TypeError(`error sending request for url (${url})`);
    };
    const broken = client({ getToken: () => "t", fetch, retries: 0 });
    await fails(broken.users.list({ search: "s3cret" }), lib.ConnectionError, ({ message }) => ok(message.includes("/api/users)") && !message.includes("s3cret"), message));
    const late = client({ getToken: () => "t", timeout: 0.4, retries: 0, fetch: () => new Promise(() => {}) });
    await fails(late.users.get("x"), lib.TimeoutError, ({ message }) => ok(message.includes("1 ms"), message));
    equal((await room.seen()).seen.length, 0);
  },

  async "a total that is not a number counts as missing"({ room, client }) {
    const list = (count, total) => ({ headers: { "total-number": total }, body: Array.from({ length: count }, (_, id) => ({ id })) });
    await room.plan({ plan: [list(100, "abc"), list(1, "")] });
    let items = 0;
    for await (const user of client().users.list()) items += user ? 1 : 0;
    equal(items, 101);
    for (const total of ["-1", "1e400", "7 items"]) {
      await room.plan({ plan: [list(1, total)] });
      equal((await client().users.list()).total, undefined, total);
    }
  },

  async "answers that have arrived do not wait for the token or the limit"({ room, client }) {
    const busy = { status: 429, headers: { "retry-after": "1" }, body: "{}" };
    const warm = async (options) => {
      const admin = client(options);
      await admin.users.get("x");
      return admin;
    };
    // All calls wait for the same second, and not one after the other.
    const many = await warm({ totalTimeout: 4000 });
    await room.plan({ plan: Array(6).fill(busy) });
    await Promise.all(Array.from({ length: 6 }, () => many.users.get("y")));
    // An answer that arrives while other calls have to wait.
    const admin = await warm({ retries: 0 });
    const taken = { held: true, status: 422, body: { code: "user.username_already_in_use", message: "taken" } };
    await room.plan({ seen: [], plan: [taken, { ...busy, headers: { "retry-after": "30" } }] });
    const created = fails(admin.users.create({ username: "ada" }, { totalTimeout: 3000 }), lib.ConflictError, ({ attempts }) => equal(attempts, 1));
    await arrived(room, "/api/users");
    await fails(admin.users.get("y"), lib.RateLimitError);
    await room.release();
    await created;
    // The token is rejected, and no other one can be issued.
    const refused = await warm();
    await room.plan({ seen: [], plan: [taken, { status: 401, body: "{}" }], tokenPlan: [{ status: 401, body: { error: "invalid_client" } }] });
    const late = fails(refused.users.create({ username: "ada" }), lib.ConflictError, ({ attempts }) => equal(attempts, 1));
    await arrived(room, "/api/users");
    await fails(refused.users.get("y"), lib.AuthenticationError);
    await room.release();
    await late;
  },

  async "calls use a token that was renewed meanwhile"({ room, client }) {
    const admin = client();
    await admin.users.get("x");
    await room.plan({ seen: [], plan: [{ held: true, body: "{}" }], tokenPlan: [{ body: { access_token: "renewed", expires_in: 3600, scope: "all" } }] });
    const slow = admin.users.get("slow");
    await arrived(room, "/api/users/slow");
    equal(await admin.getToken({ forceRefresh: true }), "renewed");
    await room.release();
    await slow;
    await admin.users.get("y");
    equal((await room.seen()).seen.at(-1).headers.authorization, "Bearer renewed");
    // A 401 that is not about the token is the answer, for any token.
    await room.plan({ plan: [{ held: true, status: 401, body: { code: "verification_record.permission_denied", message: "no" } }], seen: [] });
    const denied = fails(admin.users.create({}), lib.AuthenticationError);
    await arrived(room, "/api/users");
    await admin.getToken({ forceRefresh: true });
    await room.release();
    await denied;
    equal((await room.seen()).seen.filter(({ path }) => path === "/api/users").length, 1);
  },

  async "a page goes on with the pages after it"({ client }) {
    const first = await client().users.list({ pageSize: 100 });
    let items = 0;
    for await (const user of first) items += user.id ? 1 : 0;
    equal([items, [...first].length], [250, 100]);
    const second = await first.nextPage();
    equal([second.page, second.items[0].id, (await (await second.nextPage()).nextPage())], [2, "user-100", undefined]);
  },

  async "a signal has one listener, however many calls wait for it"({ room, client }) {
    const controller = new AbortController();
    const { signal } = controller;
    let [listeners, most] = [0, 0];
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...given) => ((most = Math.max(most, ++listeners)), add(...given));
    signal.removeEventListener = (...given) => (listeners--, remove(...given));
    const logto = client({ getToken: () => "t" });
    for (let call = 0; call < 20; call++) await logto.users.get("x", {}, { signal });
    await room.plan({ seen: [], plan: Array(5).fill({ held: true }) });
    const waiting = Array.from({ length: 5 }, () => logto.users.get("x", {}, { signal }));
    await arrived(room, "/api/users/x");
    controller.abort("enough");
    for (const call of waiting) await fails(call, lib.AbortError, ({ cause }) => equal(cause, "enough"));
    equal([most, listeners], [1, 0]);
    // Browsers might have kept some of the requests back.
    await room.plan({ plan: [] });
    equal((await logto.users.get("x", {}, { signal: null })).id, "x");
  },

  async "every option of a wrong type is named"() {
    const wrong = {
      tenant: 1, endpoint: 1, appId: 1, appSecret: 1, exchange: 1, organizationId: 1, getToken: "t", resource: 1, scope: 1, tokenStore: 1,
      fetch: "f", headers: 1, credentials: "yes", timeout: "30", totalTimeout: -1, retries: -1, retry: 1, redirects: -1,
      strict: "yes", rateLimit: true, cache: 1, next: 1, maxResponseBytes: "1", allowHttp: "yes", onRequest: 1, onResponse: 1, logger: 1,
      logLevel: "all", wasm: "module.wasm",
    };
    const valid = { endpoint: "https://id.example.com", appId: "a", appSecret: "s" };
    for (const [name, value] of [...Object.entries(wrong), ["cache", "none"], ["next", null], ["wasm", null]]) {
      const made = async () => new LogtoAdmin({ ...valid, [name]: value });
      await fails(made(), TypeError, ({ message }) => ok(message.startsWith(`\`${name}`), `"${message}" names ${name}`));
    }
  },

  async "options of other clients are refused with the right name"() {
    for (const [options, message] of [
      [{ clientId: "a" }, "`clientId` is not an option of a client: did you mean `appId`?"],
      [{ Tenant: "a" }, "`Tenant` is not an option of a client: did you mean `tenant`?"],
      [{ nothing: 1 }, "`nothing` is not an option of a client"],
      [{ toString: 1 }, "`toString` is not an option of a client"],
    ]) {
      await fails((async () => new LogtoAdmin(options))(), TypeError, (error) => equal(error.message, message));
    }
  },

  async "a call behaves like a promise"({ client }) {
    const call = () => client().users.get("x");
    equal((await call().then(null, null)).id, "x", "an argument that is not a function is ignored");
    equal((await call().then(7)).id, "x");
    equal(await call().then(({ id }) => id + "y").finally(() => 1), "xy");
    equal(await call().then(() => client().roles.get("none")).catch(({ status }) => status), 404);
    equal(await client().roles.get("none").then(() => "never", ({ code }) => code), "entity.not_found");
    await fails(call().then(() => null.id), TypeError);
    const once = call();
    ok((await once) === (await once), "the call runs once and returns the same data each time");
  },

  async "an error has class, status, code, data and request id"({ client }) {
    const call = client().roles.get("none");
    await fails(call, lib.NotFoundError, (error) => {
      equal([error.name, error.status, error.code, error.requestId], ["NotFoundError", 404, "entity.not_found", "request-1"]);
      equal([error.data, error.operation, error.attempts, error.stopReason], [{ path: "/api/roles/none" }, "GetRole", 1, "final"]);
      ok(error instanceof LogtoError && error instanceof Error, "the error is a LogtoError");
      ok(!(error instanceof lib.ConflictError), "the error is not a ConflictError");
      ok(error.message.includes("No such entity."), error.message);
    });
  },

  async "text from the server cannot forge log lines"({ room, client }) {
    const message = `no such user\n2026-11-26 ERROR root logged in\u001b[2J\u202e${"x".repeat(5000)}`;
    await room.plan({ plan: [{ status: 404, body: { code: "a\r\nb", message } }] });
    const error = await fails(client().users.get("x"), lib.NotFoundError, () => {});
    ok(!/[\p{Cc}\u202e]/u.test(error.message), JSON.stringify(error.message));
    ok(error.message.includes(String.raw`ERROR root logged in\u{1b}[2J\u{202e}`), error.message.slice(0, 200));
    ok(error.message.length < 1200 && error.message.endsWith("…"), `${error.message.length} characters`);
  },

  async "the error of a redirect does not contain a password in its URL"({ room, client, runtime }) {
    if (runtime === "chromium" || runtime === "browser") return; // Browsers hide redirects.
    const location = "https://ada:s3cret@id.example.com/a?b=s3cret";
    await room.plan({ plan: [{ status: 302, headers: { location } }] });
    const error = await fails(client().users.get("x"), LogtoError);
    ok(!error.message.includes("s3cret"), error.message);
  },

  async "each status has an error class"({ room, client }) {
    const classes = { 400: "UnprocessableError", 401: "AuthenticationError", 403: "PermissionError", 409: "ConflictError", 422: "UnprocessableError", 429: "RateLimitError", 500: "ServerError", 501: "ServerError", 418: "LogtoError" };
    for (const [status, name] of Object.entries(classes)) {
      const step = { status: Number(status), body: { code: "c", message: "m" } };
      await room.plan({ plan: [step, step] });
      const error = await fails(client().users.get("x", {}, { retries: 0 }), LogtoError);
      equal([error.name, error.status, error.code], [name, Number(status), "c"]);
      await room.plan({ plan: [] });
    }
  },

  async "temporary failures are retried"({ room, client }) {
    const busy = { status: 503, headers: { "retry-after": "0" } };
    await room.plan({ plan: [busy, { status: 429, headers: { "retry-after": "0" } }, busy] });
    equal((await client().users.get("x")).id, "x");
    equal((await room.seen()).seen.length, 5);
    await room.plan({ plan: Array(9).fill(busy) });
    const error = await fails(client().users.get("x", {}, { retries: 1 }), lib.ServerError);
    equal([error.attempts, error.stopReason], [2, "attempts"]);
  },

  async "`Retry-After` can be a date, and invalid values are ignored"({ room, client }) {
    for (const after of ["Thu, 01 Jan 1970 00:00:00 GMT", "soon", "-1", "", "Thu, 01 Jan 2099 25:61:00 GMT"]) {
      await room.plan({ plan: [{ status: 503, headers: { "retry-after": after } }] });
      equal((await client().users.get("x")).id, "x");
    }
    for (const after of ["Thu, 01 Jan 2099 00:00:00 GMT", "99999999999999999999"]) {
      await room.plan({ plan: [{ status: 503, headers: { "retry-after": after } }] });
      await fails(client().users.get("x"), lib.ServerError, ({ attempts, stopReason }) => equal([attempts, stopReason], [1, "time"], after));
    }
  },

  async "a request that the server might have processed is not repeated"({ room, client }) {
    await room.plan({ plan: [{ status: 500 }] });
    const error = await fails(client().users.create({}), lib.ServerError);
    equal([error.attempts, error.stopReason], [1, "not-idempotent"]);
    await room.plan({ plan: [{ status: 500 }] });
    equal((await client({ retries: 5 }).users.create({}, { idempotent: true })).id, "new");
  },

  async "a slow answer fails with a TimeoutError"({ room, client }) {
    await room.plan({ plan: [{ held: true }] });
    const error = await fails(client().users.get("x", {}, { timeout: 60, retries: 0 }), lib.TimeoutError);
    ok(error instanceof lib.ConnectionError, "the error is a ConnectionError");
    await room.plan({ plan: [{ held: true }, { held: true }] });
    await fails(client({ totalTimeout: 100 }).users.get("x"), lib.TimeoutError);
    await room.plan({ plan: [{ delay: 200, body: { id: "late" } }] });
    equal((await client({ timeout: 60, retries: 0, getToken: () => "t", appId: undefined, appSecret: undefined }).users.get("x", {}, { timeout: 0 })).id, "late");
  },

  async "a signal aborts the call, and the server notices"({ room, client }) {
    const admin = client();
    await admin.getToken();
    await room.plan({ plan: [{ held: true }] });
    const controller = new AbortController();
    const call = admin.users.get("x", {}, { signal: controller.signal });
    while ((await room.seen()).seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort("enough");
    await fails(call, lib.AbortError, (error) => equal(error.cause, "enough"));
    for (let tries = 0; (await room.seen()).aborted === 0 && tries < 1000; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
    equal((await room.seen()).aborted, 1, "aborted requests");
    await fails(admin.users.get("x", {}, { signal: controller.signal }), lib.AbortError);
  },

  async "a hundred first calls share one token"({ room, client }) {
    await room.plan({ tokenPlan: [{ delay: 50, body: { access_token: "slow", expires_in: 3600, scope: "all" } }] });
    const admin = client();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => admin.users.get(`u${number}`)));
    equal(answers.map(({ id }) => id), Array.from({ length: 100 }, (_, number) => `u${number}`));
    equal((await room.seen()).tokens, 1, "token calls");
  },

  async "a rejected token is renewed once"({ room, client }) {
    const admin = client();
    await room.plan({ plan: [{ status: 401 }] });
    equal((await admin.users.get("x")).id, "x");
    equal((await room.seen()).tokens, 2);
    equal((await room.seen()).seen.at(-1).headers.authorization, "Bearer token-2");
  },

  async "getToken returns the current token or a new one"({ room, client }) {
    const admin = client();
    equal([await admin.getToken(), await admin.getToken(), await admin.getToken({ forceRefresh: true })], ["token-1", "token-1", "token-2"]);
    equal((await room.seen()).tokens, 2);
  },

  async "an error of the token endpoint is an AuthenticationError with a hint"({ room, client }) {
    await room.plan({ tokenPlan: [{ status: 401, body: { error: "invalid_client", error_description: "client authentication failed" } }] });
    const error = await fails(client().users.get("x"), lib.AuthenticationError);
    equal([error.code, error.status], ["invalid_client", 401]);
    ok(error.hint.includes("secret"), error.hint);
    ok(!error.message.includes("secret-value"), "the message contains no secret");
    await fails(new LogtoAdmin({ endpoint: room.url }).users.get("x"), lib.AuthenticationError);
  },

  async "getToken provides tokens from another source"({ room }) {
    let asked = 0;
    const admin = new LogtoAdmin({ endpoint: room.url, getToken: async () => ({ accessToken: `mine-${++asked}`, expiresIn: 600 }) });
    await Promise.all([admin.users.get("x"), admin.users.get("y")]);
    equal([(await room.seen()).seen.at(-1).headers.authorization, asked], ["Bearer mine-1", 1]);
    const failing = new LogtoAdmin({
      endpoint: room.url,
      getToken: () => {
        throw new RangeError("vault");
      },
    });
    await fails(failing.users.get("x"), lib.AuthenticationError, (error) => ok(error.cause instanceof RangeError, "the cause is kept"));
  },

  async "hooks receive and change each attempt"({ room, client }) {
    const calls = [];
    const admin = client({
      onRequest: async (request) => {
        request.headers.set("x-trace", `${request.operation}-${request.attempt}`);
        calls.push([request.operation, request.attempt, request.tokenCall, request.headers.get("authorization")]);
      },
      onResponse: (response, request) => void calls.push([response.status, request.operation]),
    });
    await room.plan({ plan: [{ status: 503, headers: { "retry-after": "0" } }] });
    await admin.users.get("x");
    equal(calls, [["OidcToken", 1, true, "[redacted]"], [200, "OidcToken"], ["GetUser", 1, false, "[redacted]"], [503, "GetUser"], ["GetUser", 2, false, "[redacted]"], [200, "GetUser"]]);
    const last = (await room.seen()).seen.at(-1);
    equal([last.headers["x-trace"], last.headers.authorization], ["GetUser-2", "Bearer token-1"]);
    const refusing = client({
      onRequest: ({ tokenCall }) => {
        if (!tokenCall) throw new SyntaxError("no");
      },
    });
    await fails(refusing.users.get("x"), SyntaxError);
  },

  async "a URL that a hook sets is checked, and its password is not shown"({ room, client }) {
    for (const [url, why] of [[`${room.url}/api`.replace("//", "//ada:secret@"), "user name or password"], ["https://ada:secret@[", "not a URL"], ["ftp://secret", "not an http"]]) {
      const admin = client({ getToken: () => "t", onRequest: (request) => void (request.url = url) });
      await fails(admin.users.get("x"), TypeError, ({ message }) => ok(message.includes(why) && message.includes("`url`") && !message.includes("secret"), message));
    }
    equal((await room.seen()).seen.length, 0);
  },

  async "headers that are undefined are not sent"({ room, client }) {
    await client({ headers: { "x-client": undefined } }).users.get("x", {}, { headers: { "x-call": undefined, "x-sent": "yes" } });
    const { headers } = (await room.seen()).seen.at(-1);
    equal([headers["x-client"], headers["x-call"], headers["x-sent"]], [undefined, undefined, "yes"]);
  },

  async "files are uploaded from bytes and blobs"({ room, client }) {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    for (const file of [bytes, bytes.buffer, inSharedMemory(bytes), new Blob([bytes], { type: "image/png" }), { data: bytes, name: "a.png", type: "image/png" }]) {
      const { url } = await client().userAssets.upload({ file });
      ok(url.startsWith("multipart/form-data; boundary="), url);
      ok((await room.seen()).seen.at(-1).body.includes("\u0001\u0002\u0003\u0004"), "the bytes arrive");
    }
    ok((await room.seen()).seen.at(-1).body.includes('filename="a.png"'), "the name arrives");
    await fails(client().userAssets.upload({ file: 7 }), TypeError);
  },

  async "a custom fetch sends the requests"({ room, client }) {
    const urls = [];
    const admin = client({
      fetch: (url, init) => {
        urls.push(url.slice(room.url.length));
        return fetch(url, init);
      },
    });
    await admin.users.get("x");
    equal(urls, ["/oidc/token", "/api/users/x"]);
    const failing = client({ fetch: () => Promise.reject(new EvalError("cable")) });
    await fails(failing.users.get("x", {}, { retries: 0 }), lib.ConnectionError, ({ message, cause }) => {
      ok(message.includes("cannot reach the token endpoint"), message);
      ok(cause instanceof EvalError, String(cause));
    });
    const thrown = new LogtoAdmin({
      endpoint: room.url,
      getToken: () => "t",
      retries: 0,
      fetch: () => {
        throw new EvalError("cable");
      },
    });
    await fails(thrown.users.get("x"), lib.ConnectionError, (error) => ok(error.cause instanceof EvalError, "the cause is kept"));
  },

  async "custom functions can call a client"({ room, client }) {
    const inner = client();
    const admin = new LogtoAdmin({ endpoint: room.url, getToken: () => inner.getToken(), fetch: async (url, init) => (await inner.users.get("nested"), fetch(url, init)) });
    equal((await admin.users.get("x")).id, "x");
  },

  async "a token store shares the token"({ room, client }) {
    const kept = new Map();
    const ttls = [];
    const tokenStore = { get: async (key) => kept.get(key), set: async (key, value, ttl) => (kept.set(key, value), ttls.push(ttl)), delete: async (key) => kept.delete(key) };
    await client({ tokenStore }).users.get("x");
    await client({ tokenStore }).users.get("x");
    equal([(await room.seen()).tokens, ttls, kept.size], [1, [3600], 1]);
    ok(![...kept.keys()][0].includes("secret"), "the key holds no secret");
    const warned = [];
    const logger = { debug() {}, info() {}, warn: (message) => warned.push(message), error() {} };
    const broken = { get: () => Promise.reject(new Error("down")), set: () => Promise.reject(new Error("down")) };
    equal((await client({ tokenStore: broken, logger }).users.get("x")).id, "x");
    ok(warned[0].includes("down"), "a warning reports a store that is down");
  },

  async "a token store is shared with the Rust client"({ room, client }) {
    const kept = new Map();
    const tokenStore = { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
    const key = `logto-admin:token:${encodeURIComponent(room.url)}:app:https%3A%2F%2Fdefault.logto.app%2Fapi:all`;
    // The form that the Rust client writes.
    const record = (token, end) => `version=1&token=${token}&expires_at=${end}&lifetime=3600000&scope=all`;
    kept.set(key, record("of%2Dit+%22%26", Date.now() + 600_000));
    equal(await client({ tokenStore }).getToken(), 'of-it+"&');
    for (const unusable of [record("t", Date.now() - 1), record("t", "soon"), "", "{}", record("t", 1).replace("version=1", "version=2")]) {
      kept.set(key, unusable);
      ok((await client({ tokenStore }).getToken()).startsWith("token-"), unusable);
      const written = Object.fromEntries(new URLSearchParams(kept.get(key)));
      equal([written.version, written.lifetime, written.scope], ["1", "3600000", "all"]);
      ok(Math.abs(Number(written.expires_at) - Date.now() - 3_600_000) < 60_000, written.expires_at);
    }
    equal((await room.seen()).tokens, 5);
  },

  async "cold clients with a store that locks make one token call"({ room, client }) {
    const kept = new Map();
    const locks = new Map();
    const tokenStore = {
      get: async (key) => kept.get(key),
      set: async (key, value) => void kept.set(key, value),
      tryLock: async (key, owner) => !locks.has(key) && Boolean(locks.set(key, owner)),
      unlock: async (key, owner) => locks.get(key) === owner && locks.delete(key),
    };
    const users = await Promise.all(Array.from({ length: 8 }, () => client({ tokenStore }).users.get("x")));
    equal([users.length, (await room.seen()).tokens, locks.size], [8, 1, 0]);
  },

  async "a call waits for the lock of another instance no longer than its total time"({ room, client }) {
    const tokenStore = { get: () => null, set: () => {}, tryLock: () => false, unlock: () => {} };
    await fails(client({ tokenStore }).users.get("x", {}, { totalTimeout: 50 }), lib.TimeoutError, ({ attempts }) => equal(attempts, 0));
    equal((await room.seen()).seen.length, 0);
  },

  async "a lock that a store answers with null is not acquired"({ room, client }) {
    let tries = 0;
    const kept = new Map();
    const tokenStore = {
      get: (key) => kept.get(key),
      set: (key, value) => void kept.set(key, value),
      // The client asks again while another instance has the lock.
      tryLock: () => (++tries === 1 ? null : "OK"),
    };
    await client({ tokenStore }).users.get("x");
    equal([tries, (await room.seen()).tokens], [2, 1]);
  },

  async "a request whose answer a hook refuses counts for the rate limit"({ client }) {
    const refuse = () => {
      throw new RangeError("no");
    };
    const limited = client({ getToken: () => "t", rateLimit: { requests: 2, per: 60_000 }, onResponse: refuse });
    await fails(limited.users.get("x"), RangeError);
    await fails(limited.users.get("x"), RangeError);
    await fails(limited.users.get("x", {}, { totalTimeout: 20 }), lib.TimeoutError);
    const before = client({ getToken: () => "t", rateLimit: { requests: 1, per: 60_000 }, onRequest: refuse });
    await fails(before.users.get("x"), RangeError);
    await fails(before.users.get("x"), RangeError);
  },

  async "a rate limit that the server reports fails a call that cannot wait"({ room, client }) {
    await room.plan({ plan: [{ status: 429, body: { code: "request.too_many", message: "no" } }] });
    const limited = client({ getToken: () => "t", rateLimit: { requests: 5, per: 10_000 } });
    await fails(limited.users.get("x", {}, { totalTimeout: 1000 }), lib.RateLimitError);
  },

  async "the cause of an error is that of its own call"({ client }) {
    const answers = [() => Promise.reject(new RangeError("vault")), () => "a b"];
    const admin = client({ getToken: () => answers.shift()(), retries: 0 });
    await fails(admin.users.get("x"), lib.AuthenticationError, ({ cause }) => ok(cause instanceof RangeError, String(cause)));
    await fails(admin.getToken({ forceRefresh: true }), lib.AuthenticationError, ({ cause }) => equal(cause, undefined));
    let thrown = false;
    const hooked = client({
      onRequest: ({ tokenCall }) => {
        if (!tokenCall || thrown) return;
        thrown = true;
        throw new RangeError("hook");
      },
      fetch: () => Promise.reject(new EvalError("cable")),
      retries: 0,
    });
    await fails(hooked.getToken(), RangeError);
    await fails(hooked.getToken({ forceRefresh: true }), lib.ConnectionError, ({ cause }) => ok(cause instanceof EvalError, String(cause)));
  },

  async "a lifetime that is not a number is short, and not endless"({ room, client }) {
    const kept = new Map();
    const tokenStore = { get: (key) => kept.get(key), set: (key, value, ttl) => void kept.set(key, ttl) };
    for (const [expires_in, ttl] of [[0, 60], ["soon", 60], ["120", 120], [-5, 60], [3600, 3600]]) {
      await room.plan({ tokenPlan: [{ body: { access_token: "t", expires_in } }] });
      await client({ tokenStore }).getToken();
      equal([...kept.values()].at(-1), ttl, String(expires_in));
    }
  },

  async "invalid arguments throw TypeErrors that name them, and nothing is sent"({ room, client }) {
    const admin = client();
    const named = async (call, name) => fails(call, TypeError, (error) => ok(error.message.includes(`\`${name}\``), `"${error.message}" names ${name}`));
    await named(admin.users.get(""), "userId");
    const made = (options) => named((async () => client(options))(), Object.keys(options)[0]);
    await made({ rateLimit: { requests: Infinity, per: 1 } });
    await named((async () => client({ rateLimit: { requests: "2", per: 1 } }))(), "rateLimit.requests");
    await named((async () => client({ rateLimit: { requests: 1.5, per: 1 } }))(), "rateLimit.requests");
    await made({ rateLimit: { requests: 1, per: Infinity } });
    await made({ organizationId: " " });
    await made({ exchange: {} });
    await named((async () => client({ exchange: { subjectToken: "t" } }).keepFresh())(), "exchange");
    await named(admin.users.get(".."), "userId");
    await named(admin.users.get(undefined), "userId");
    await named(admin.users.create(), "body");
    await named(admin.users.create({ at: 1n }), "body");
    await named(admin.users.get("x", "no"), "query");
    await named(admin.users.get("x", {}, { timeout: -1 }), "timeout");
    await named(admin.users.get("x", {}, { signals: 1 }), "signals");
    await named(admin.users.get("x", {}, { toString: 1 }), "toString");
    await named(admin.users.get("x", {}, { headers: { "a b": "c" } }), "headers");
    await named(admin.users.get("x", {}, {}, 1), "arguments");
    await named(admin.call("NoSuchThing"), "id");
    await fails(admin.call("getUser"), TypeError, ({ message }) => ok(message.endsWith("did you mean `GetUser`?"), message));
    const file = new Blob(["x"]);
    for (const body of [new FormData(), new URLSearchParams("a=b"), new Map(), file, new Uint8Array(1), Promise.resolve({})]) {
      await named(admin.request("POST", "/api/x", { body }), "body");
    }
    await named(admin.request("GET", "/api/x", { body: {} }), "body");
    await named(admin.call("DeleteUser", { path: { userId: "x" }, body: {} }), "body");
    await named(admin.userAssets.upload({ file: null }), "body.file");
    await named(admin.request("GET", "/api/users/{id}", { path: { id: NaN } }), "id");
    await named(admin.request("GET", "/api/users/{user-id}"), "user-id");
    await named(admin.auditLogs.list({ start_time: new Date("x") }), "query.start_time");
    const cyclic = {};
    cyclic.self = cyclic;
    await named(admin.users.list({ cyclic }), "query.cyclic");
    await named(admin.users.list("a=b"), "query");
    await named(admin.users.list(new URLSearchParams("search=a")), "query");
    await made({ appId: " " });
    await made({ appSecret: "" });
    await made({ exchange: null });
    await named((async () => client({ exchange: { personalAccessToken: () => "pat" } }))(), "exchange.personalAccessToken");
    await named((async () => client({ exchange: { personalAccessToken: "", subjectToken: () => "t" } }))(), "exchange.personalAccessToken");
    await named((async () => client({ exchange: { subjectToken: " " } }))(), "exchange.subjectToken");
    await made({ logLevel: "warning" });
    await made({ credentials: "yes" });
    await named(admin.users.get("x", {}, { cache: "none" }), "cache");
    await named(admin.users.get("x", {}, { retry: { most: 1 } }), "retry.most");
    await made({ logger: {} });
    await named(admin.request("GET", "/api/../x"), "path");
    const settings = (options, name) => named((async () => new LogtoAdmin(options))(), name);
    await settings({}, "endpoint");
    await settings({ endpoint: "id.example.com" }, "endpoint");
    await settings({ endpoint: "http://id.example.com" }, "endpoint");
    await settings({ endpoint: "https://a:b@id.example.com" }, "endpoint");
    await settings({ endpoint: "https://id.example.com/api" }, "endpoint");
    await settings({ endpoint: "https://id.example.com/api//" }, "endpoint");
    await settings({ endpoint: "https://id.example.com/?" }, "endpoint");
    await settings({ tenant: "No Tenant" }, "tenant");
    await settings({ tenant: "t", appId: "a" }, "appSecret");
    await settings({ tenant: "t", retries: "3" }, "retries");
    await settings({ tenant: "t", fetch: 1 }, "fetch");
    equal((await room.seen()).seen.length, 0);
  },

  async "endpoint and tenant determine URL, resource and scope"() {
    const asked = async (options) => {
      let token;
      const fetch = async (url, { body }) => {
        token ??= [url, new URLSearchParams(body)];
        return Response.json({ access_token: "t", expires_in: 3600, scope: "all" });
      };
      await new LogtoAdmin({ appId: "app", appSecret: "secret", fetch, ...options }).getToken();
      const [url, form] = token;
      return [url, form.get("resource"), form.get("scope")];
    };
    const [cloud, own] = ["https://my-tenant.logto.app/api", "https://default.logto.app/api"];
    equal(await asked({ tenant: "my-tenant" }), ["https://my-tenant.logto.app/oidc/token", cloud, "all"]);
    equal(await asked({ endpoint: "https://my-tenant.logto.app/" }), ["https://my-tenant.logto.app/oidc/token", cloud, "all"]);
    equal(await asked({ tenant: "my-tenant", endpoint: "https://auth.example.com" }), ["https://auth.example.com/oidc/token", cloud, "all"]);
    equal(await asked({ endpoint: "https://id.example.com/sub/" }), ["https://id.example.com/sub/oidc/token", own, "all"]);
    equal(await asked({ endpoint: "https://id.example.com", resource: "urn:api", scope: "" }), ["https://id.example.com/oidc/token", "urn:api", null]);
  },

  async "the client respects its rate limit, which defaults to Logto Cloud's for tenants"() {
    const sent = async (options, calls) => {
      let requests = 0;
      const fetch = async () => (requests++, Response.json({ id: "x", access_token: "t", expires_in: 3600 }));
      const admin = new LogtoAdmin({ getToken: () => "t", fetch, ...options });
      const made = Array.from({ length: calls }, () => admin.users.get("x", {}, { totalTimeout: 1000 }));
      const failed = (await Promise.allSettled(made)).filter(({ reason }) => reason instanceof lib.TimeoutError);
      return [requests, failed.length];
    };
    const server = { endpoint: "https://id.example.com" };
    equal(await sent({ ...server, rateLimit: { requests: 2, per: 3_600_000 } }, 3), [2, 1]);
    const credentials = { getToken: undefined, appId: "a", appSecret: "s" };
    equal(await sent({ ...server, ...credentials, rateLimit: { requests: 2, per: 3_600_000 } }, 2), [2, 1], "the token call counts");
    equal(await sent({ tenant: "my-tenant" }, 201), [200, 1]);
    equal(await sent({ tenant: "my-tenant", rateLimit: false }, 201), [201, 0]);
    equal(await sent(server, 201), [201, 0]);
  },

  async "untyped calls work"({ client }) {
    const admin = client();
    equal((await admin.call("GetUser", { path: { userId: "x" } })).id, "x");
    equal((await admin.call("ListUsers", { query: { pageSize: 3 } })).length, 3);
    equal(await admin.request("GET", "/api/nothing"), undefined);
    equal(await admin.users.delete("x"), undefined);
  },

  async "a client can have one group only"({ room }) {
    const admin = createClient({ endpoint: room.url, getToken: () => "t" }, { users });
    equal((await admin.users.get("x")).id, "x");
    equal(admin.roles, undefined);
    await fails(admin.call("GetRole", { path: { id: "x" } }), TypeError);
  },

  async "an invalid answer fails with a DecodeError"({ room, client }) {
    const answers = [{ body: '{"id":' }, { body: "<html>", headers: { "content-type": "text/html" } }, { body: "" }];
    await room.plan({ plan: answers });
    await fails(client().users.get("x"), lib.DecodeError, (error) => ok(error.cause instanceof SyntaxError, "the cause is kept"));
    await fails(client().users.get("x"), lib.DecodeError, (error) => ok(error.hint.includes("root"), "the error has a hint"));
    await fails(client().users.get("x"), lib.DecodeError, ({ attempts }) => equal(attempts, 1));
    await room.plan({ plan: [{ status: 503 }, { body: "no" }] });
    await fails(client({ retry: { base: 1 } }).users.get("x"), lib.DecodeError, ({ attempts }) => equal(attempts, 2));
    const small = client({ maxResponseBytes: 1000 });
    await fails(small.users.list({ pageSize: 100 }), lib.DecodeError);
  },

  async "a broken connection fails with a ConnectionError"({ room, client }) {
    const admin = client({ retries: 0 });
    // Often enough for Deno and Bun, which repeat a request if its connection ends without an answer.
    await room.plan({ plan: Array(500).fill({ destroy: "before" }) });
    await fails(admin.users.get("x"), lib.ConnectionError);
    await room.plan({ plan: Array(500).fill({ destroy: "within", body: '{"id":"x', length: 1000 }) });
    await fails(admin.users.get("x"), lib.ConnectionError);
    const nobody = new LogtoAdmin({ endpoint: "http://127.0.0.1:9", getToken: () => "t", retries: 0 });
    await fails(nobody.users.get("x"), lib.ConnectionError);
  },

  async "log messages contain no secrets"({ client }) {
    const lines = [];
    const log = (message) => lines.push(message);
    await client({ logLevel: "debug", logger: { debug: log, info: log, warn: log, error: log } }).users.list({ search: "%hidden%" });
    ok(lines.some((line) => /ListUsers GET .*\/api\/users 200/.test(line)), lines.join("\n"));
    ok(!/token-1|secret|hidden/.test(lines.join("\n")), "no secret is logged");
  },

  async "keepFresh keeps the token fresh until it is stopped"({ room, client, runtime }) {
    const admin = client();
    if (runtime === "workerd") return fails((async () => admin.keepFresh())(), LogtoError);
    const refresher = admin.keepFresh({ interval: 60_000 });
    while ((await room.seen()).tokens === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    refresher.stop();
    equal(await admin.getToken(), "token-1");
    // A client that has made a call, or has stopped before, starts again.
    const again = admin.keepFresh({ interval: 20 });
    while ((await room.seen()).tokens < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    again.stop();
    await fails((async () => new LogtoAdmin({ endpoint: room.url }).keepFresh())(), TypeError);
  },

  async "cache options reach fetch, but not for tokens"({ client }) {
    const seen = [];
    const fetch = async (url, { cache, next }) => {
      seen.push([cache, next]);
      return Response.json(url.endsWith("/oidc/token") ? { access_token: "t", expires_in: 3600 } : {});
    };
    const admin = client({ fetch, cache: "no-store" });
    await admin.users.get("x");
    await admin.users.get("x", {}, { cache: "force-cache", next: { tags: ["users"] } });
    equal(seen, [[undefined, undefined], ["no-store", undefined], ["force-cache", { tags: ["users"] }]]);
  },

  async "a call can limit its response"({ client }) {
    const fetch = async () => Response.json({ text: "x".repeat(100) });
    const admin = client({ fetch, getToken: () => "t" });
    await fails(admin.users.get("x", {}, { maxResponseBytes: 50 }), lib.DecodeError);
    await admin.users.get("x", {}, { maxResponseBytes: 200 });
  },

  async "changes of the options after a call began have no effect"({ room, client }) {
    const controller = new AbortController();
    const options = { signal: controller.signal, maxResponseBytes: 1000, timeout: 1000 };
    const call = client().users.get("x", {}, options);
    Object.assign(options, { maxResponseBytes: 1, timeout: "1000" });
    equal((await call).id, "x");
    const abortable = client().users.get("x", {}, options.signal ? { signal: options.signal } : {});
    controller.abort();
    await fails(abortable, lib.AbortError);
    equal((await room.seen()).seen.filter(({ path }) => path === "/api/users/x").length, 1);
  },

  async "options of calls can be inherited, and come from getters"({ room, client }) {
    class Input {
      get body() {
        return { username: "ada" };
      }
    }
    await client().request("POST", "/api/users", new Input());
    equal((await room.seen()).seen.at(-1).body, '{"username":"ada"}');
    class Options {
      get retries() {
        return "abc";
      }
    }
    await fails(client().users.get("x", {}, new Options()), TypeError, ({ message }) => ok(message.includes("`retries`"), message));
  },

  async "a getToken that does not settle fails like a slow request"({ client }) {
    const asked = client({ getToken: () => new Promise(() => {}), timeout: 20, retries: 0 }).users.get("x");
    await fails(asked, lib.TimeoutError, ({ message, attempts }) => {
      ok(message.includes("`getToken` failed"), message);
      equal(attempts, 0);
    });
  },

  async "an abort between two attempts ends the call"({ client }) {
    const controller = new AbortController();
    let sent = 0;
    const fetch = async () => {
      sent++;
      if (sent === 1) return Response.json({ id: "x" });
      queueMicrotask(() => queueMicrotask(() => controller.abort()));
      throw new TypeError("no network");
    };
    const admin = client({ fetch, getToken: () => "t" });
    await admin.users.get("x");
    await fails(admin.users.get("x", {}, { signal: controller.signal }), lib.AbortError);
    equal(sent, 2);
  },

  async "a refresher goes on when another one is stopped"({ client }) {
    let renewals = 0;
    const admin = client({ getToken: () => ({ accessToken: `t${++renewals}`, expiresIn: 3600 }) });
    if (globalThis.navigator?.userAgent === "Cloudflare-Workers") return;
    const first = admin.keepFresh({ interval: 20 });
    admin.keepFresh({ interval: 1000 }).stop();
    while (renewals < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    first.stop();
  },

  async "the error of a hook is kept if the response cannot be cancelled"({ client }) {
    const stubborn = () => new Response(new ReadableStream({ cancel: () => Promise.reject(new Error("no")) }));
    const refused = new RangeError("refused");
    const admin = client({
      fetch: stubborn,
      getToken: () => "t",
      onResponse: () => {
        throw refused;
      },
    });
    equal((await fails(admin.users.get("x"), RangeError)) === refused, true);
  },

  async "the length of a response to HEAD is that of another response"({ client }) {
    const fetch = async () => new Response(null, { headers: { "content-length": "100000000" } });
    equal(await client({ fetch, getToken: () => "t" }).request("HEAD", "/api/users"), undefined);
  },

  async "a logger that rejects does not change a call"({ client }) {
    const debug = () => Promise.reject(new Error("disk full"));
    const logger = { debug, info: debug, warn: debug, error: debug };
    equal((await client({ logger, logLevel: "debug" }).users.create({})).id, "new");
  },

  async "options can be inherited, and come from getters"({ room }) {
    class Config {
      get endpoint() { return room.url; }
      get appId() { return "app"; }
      get appSecret() { return "secret"; }
    }
    await new LogtoAdmin(new Config()).users.create({ username: "ada" });
    await new LogtoAdmin(Object.create(new Config())).users.create({ username: "ada" });
    equal((await room.seen()).seen.filter(({ path }) => path === "/oidc/token").length, 2);
  },

  async "tokens of getToken stay out of the token store"({ room, client }) {
    const kept = new Map();
    const tokenStore = { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
    for (const token of ["ADA", "BOB"]) await client({ tokenStore, getToken: () => token }).users.create({});
    equal(kept.size, 0);
    equal((await room.seen()).seen.map(({ headers }) => headers.authorization), ["Bearer ADA", "Bearer BOB"]);
  },

  async "stored tokens that cannot be sent are replaced"({ room, client }) {
    for (const token of ["SECRET%0ATOKEN", "%C3%A9", ""]) {
      await room.plan({});
      const tokenStore = { get: () => `version=1&token=${token}`, set() {} };
      await client({ tokenStore }).users.create({});
      equal((await room.seen()).seen.slice(-2).map(({ path }) => path), ["/oidc/token", "/api/users"]);
    }
  },

  async "options have the documented defaults"({ room, client }) {
    for (let number = 0; number < 2; number++) await client().getToken();
    equal((await room.seen()).tokens, 2, "without a store, each client requests a token");
    await room.plan({ plan: Array(9).fill({ status: 503, headers: { "retry-after": "0" } }) });
    await fails(client().users.get("x"), lib.ServerError, ({ attempts }) => equal(attempts, 4));
    const sized = (bytes) => async () => new Response("{}", { headers: { "content-type": "application/json", "content-length": String(bytes) } });
    const admin = (bytes) => client({ fetch: sized(bytes), getToken: () => "t", retries: 0 });
    await fails(admin(67_108_865).users.get("x"), lib.DecodeError);
    equal(await admin(67_108_864).users.get("x"), {});
    let sent = 0;
    const answering = (answer) => client({ fetch: async () => (sent++, answer()), getToken: () => "t", retries: 0 }).users.get("x");
    equal(await answering(() => Response.json({ id: "x" }, { status: 203 })), { id: "x" }, "an undocumented success");
    const redirect = () => new Response(null, { status: 302, headers: { location: "/api/else" } });
    await fails(answering(redirect), LogtoError, ({ status }) => equal(status, 302));
    equal(sent, 2, "requests without a redirect");
  },

  async "headers are those of requests to the API, and only `User-Agent` applies to token calls"({ client }) {
    const seen = [];
    const fetch = async (url, { headers }) => {
      const sent = new Headers(headers);
      seen.push([sent.get("x-team"), sent.get("user-agent")]);
      return Response.json(url.endsWith("/oidc/token") ? { access_token: "t", expires_in: 3600 } : {});
    };
    await client({ fetch, headers: { "x-team": "identity", "User-Agent": "mine/1" } }).users.get("x");
    equal(seen, [[null, "mine/1"], ["identity", "mine/1"]]);
  },

  async "credentials are the mode of all requests"({ client }) {
    const modes = async (options) => {
      const seen = [];
      const fetch = async (url, { credentials }) => {
        seen.push(credentials ?? "default");
        return Response.json(url.endsWith("/oidc/token") ? { access_token: "t", expires_in: 3600 } : {});
      };
      await client({ ...options, fetch }).users.get("x");
      return seen;
    };
    equal(await modes({ credentials: "include" }), ["include", "include"]);
    equal(await modes({}), ["default", "default"]);
  },

  async "plain http to other machines is allowed on request"() {
    const urls = [];
    const fetch = async (url) => (urls.push(url), Response.json({}));
    await new LogtoAdmin({ endpoint: "http://logto.internal", allowHttp: true, getToken: () => "t", fetch }).users.get("x");
    equal(urls, ["http://logto.internal/api/users/x"]);
  },

  async "the logger defaults to the console, and its level to warn"({ client }) {
    const tokenStore = { get: () => Promise.reject(new Error("down")), set: () => Promise.reject(new Error("down")) };
    const lines = [];
    const kept = { ...console };
    for (const level of ["debug", "info", "warn", "error"]) console[level] = (message) => void (String(message).includes("down") || level === "debug" ? lines.push(level) : kept[level](message));
    try {
      await client({ tokenStore }).users.get("x");
    } finally {
      Object.assign(console, kept);
    }
    ok(lines.length > 0 && lines.every((level) => level === "warn"), lines.join());
  },

  async "messages below the level are not logged"({ client }) {
    const tokenStore = { get: () => Promise.reject(new Error("down")), set: () => Promise.reject(new Error("down")) };
    for (const [logLevel, expected] of [["off", []], ["error", []], ["warn", ["warn"]], ["info", ["warn"]], ["debug", ["debug", "warn"]]]) {
      const seen = new Set();
      const logger = Object.fromEntries(["debug", "info", "warn", "error"].map((level) => [level, () => seen.add(level)]));
      await client({ tokenStore, logLevel, logger }).users.get("x");
      equal([...seen].sort(), expected, logLevel);
    }
  },

  async "some lists return all items unless a page is asked for"({ client }) {
    const queries = [];
    const fetch = async (url) => (queries.push(new URL(url).search), Response.json([{ id: "h" }], { headers: { "total-number": "9" } }));
    const { hooks } = client({ fetch, getToken: () => "t", appId: undefined, appSecret: undefined });
    const all = await hooks.list();
    equal([all.items.length, all.page ?? null, all.hasNext], [1, null, false]);
    const page = await hooks.list({ page: 2, pageSize: 1 });
    equal([page.items.length, page.page, page.pageSize, page.total], [1, 2, 1, 9]);
    equal(queries, ["", "?page=2&page_size=1"]);
  },

  async "a call can send cookies"({ client }) {
    const seen = [];
    const fetch = async (_, { headers }) => (seen.push(headers.cookie ?? null), Response.json({}));
    const admin = client({ fetch, getToken: () => "t", appId: undefined, appSecret: undefined });
    await admin.users.get("x", {}, { headers: { cookie: "a=1" } });
    await admin.users.get("x");
    equal(seen, ["a=1", null]);
  },

  async "an iteration requests 100 items per page by default"({ room, client }) {
    for await (const user of client().users.list()) ok(user.id, "an id");
    const queries = (await room.seen()).seen.filter(({ path }) => path === "/api/users").map(({ query }) => query);
    equal(queries.map((query) => new URLSearchParams(query).get("page_size")), ["100", "100", "100"]);
  },

  async "the classes of errors extend LogtoError"() {
    const classes = ["AuthenticationError", "PermissionError", "NotFoundError", "UnprocessableError", "ConflictError", "RateLimitError", "ServerError", "ConnectionError", "TimeoutError", "AbortError", "DecodeError", "RestrictedError", "WebhookError"];
    for (const name of classes) ok(LogtoError.isPrototypeOf(lib[name]), name);
    ok(lib.UnprocessableError.isPrototypeOf(lib.ConflictError) && lib.ConnectionError.isPrototypeOf(lib.TimeoutError), "the subclasses");
  },

  async "attempts of a call without a token are 0"({ room, client }) {
    await room.plan({ tokenPlan: [{ status: 503 }, { status: 503 }] });
    await fails(client({ retries: 0 }).users.get("x"), lib.ServerError, ({ attempts }) => equal(attempts, 0));
  },

  async "cold clients with a store without locks make one token call each"({ room, client }) {
    await room.plan({ tokenPlan: Array(3).fill({ delay: 50, body: { access_token: "slow", expires_in: 3600, scope: "all" } }) });
    const kept = new Map();
    const tokenStore = { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
    await Promise.all(Array.from({ length: 3 }, () => client({ tokenStore }).users.get("x")));
    equal((await room.seen()).tokens, 3);
  },

  async "a `fetch` that returns no response is named"({ client }) {
    const answered = (response) => client({ fetch: () => response, getToken: () => "t", retries: 0 }).users.get("x");
    for (const response of [undefined, null, "x", {}, { status: 200 }, { status: "200", headers: new Headers() }]) {
      await fails(answered(response), LogtoError, ({ message }) => equal(message, "GetUser: `fetch` returned no response"));
    }
    await fails(answered(Response.error()), lib.ConnectionError, ({ message }) => equal(message, "GetUser: `fetch` returned a network error"));
    await fails(answered(new Response(null, { status: 302 })), lib.DecodeError, ({ message }) => equal(message, "GetUser: unexpected redirect"));
  },

  async "whatever a function throws, only its own call fails"({ client }) {
    const unreadable = () => {
      throw new Error("unreadable");
    };
    const odd = [undefined, null, Object.create(null), { toString: 1 }, new Proxy({}, { get: unreadable, getPrototypeOf: unreadable, has: unreadable })];
    for (const thrown of odd) {
      const reject = () => Promise.reject(thrown);
      await fails(client({ fetch: reject, retries: 0, getToken: () => "t" }).users.get("x"), lib.ConnectionError);
      const innocent = client().users.create({});
      await fails(client({ getToken: reject }).users.get("x"), LogtoError);
      equal((await innocent).id, "new");
    }
  },

  async "a lifetime that is not a number does not end the module"({ room, client }) {
    await room.plan({ tokenPlan: [{ body: { access_token: "t", expires_in: { toString: 1, valueOf: 1 } } }] });
    equal(await client().getToken(), "t");
  },

  async "a failing logger does not change a call"({ client }) {
    const fail = () => {
      throw new Error("disk full");
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail };
    equal((await client({ logger, logLevel: "debug" }).users.create({})).id, "new");
  },

  async "nothing is sent once a call was aborted in a hook"({ client }) {
    const controller = new AbortController();
    let [sent, release] = [0, undefined];
    const waiting = new Promise((resolve) => (release = resolve));
    const fetch = async () => (sent++, new Response("{}", { status: 201 }));
    const call = client({ fetch, getToken: () => "t", onRequest: () => waiting }).users.create({}, { signal: controller.signal });
    controller.abort();
    await fails(call, lib.AbortError);
    release();
    for (let turn = 0; turn < 20; turn++) await undefined;
    equal(sent, 0);
  },

  async "uploads keep their own content type"({ room, client }) {
    await client({ headers: { "content-type": "application/json" } }).userAssets.upload({ file: new Blob(["x"]) });
    ok((await room.seen()).seen.at(-1).headers["content-type"].startsWith("multipart/form-data; boundary="), "a boundary");
  },

  async "answers that are not lists are errors"({ client }) {
    for (const body of ['{"message":"x"}', '"abc"', "null"]) {
      const fetch = async () => new Response(body, { headers: { "content-type": "application/json" } });
      await fails(client({ fetch, getToken: () => "t" }).users.list(), lib.DecodeError, ({ headers }) => ok(headers instanceof Headers, "headers"));
    }
    const page = async () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
    await fails(client({ fetch: page, getToken: () => "t" }).users.delete("x"), lib.DecodeError);
    await fails(client({ fetch: page, getToken: () => "t" }).serverRelease(), LogtoError);
  },

  async "a subclass of the user distinguishes its own errors"({ client }) {
    class InvitationExpired extends LogtoError {}
    const error = await fails(client({ fetch: () => Promise.reject(new Error("no")), retries: 0, getToken: () => "t" }).users.get("x"), LogtoError);
    equal([error instanceof InvitationExpired, new InvitationExpired("x") instanceof InvitationExpired], [false, true]);
  },

  async "verifyWebhook accepts the headers and bodies of frameworks"() {
    const body = '{"event":"User.Created","hookId":"h","createdAt":"2026-01-01T00:00:00.000Z","data":{}}';
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode("key"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const signature = [...new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(body)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const headers = { ":method": "POST", "x-name": "日本", cookie: ["a", "b"], "Logto-Signature-Sha-256": signature };
    const bytes = new TextEncoder().encode(body);
    for (const raw of [body, bytes, bytes.buffer, inSharedMemory(bytes)]) equal((await lib.verifyWebhook({ headers, body: raw }, "key")).hookId, "h");
    for (const parsed of [JSON.parse(body), undefined]) {
      await fails(lib.verifyWebhook({ headers, body: parsed }, "key"), TypeError, ({ message }) => ok(message.includes("`body`"), message));
    }
    await fails(lib.verifyWebhook({ headers: { "logto-signature-sha-256": [signature, signature] }, body }, "key"), lib.WebhookError);
    await fails(lib.verifyWebhook(undefined, "key"), TypeError, ({ message }) => ok(message.includes("`request`"), message));
    await fails(lib.verifyWebhook({ body }, "key"), TypeError, ({ message }) => ok(message.includes("`headers`"), message));
  },

  async "verifyWebhook verifies the signature"() {
    const body = '{"event":"User.Created","hookId":"h","createdAt":"2026-01-01T00:00:00Z"}';
    const { headers } = await signed("key", body);
    const request = new Request("https://example.com/hook", { method: "POST", headers, body });
    equal((await lib.verifyWebhook(request, "key")).event, "User.Created");
    equal((await lib.verifyWebhook({ headers, body }, "key")).hookId, "h");
    await fails(lib.verifyWebhook({ headers, body: `${body} ` }, "key"), lib.WebhookError);
    await fails(lib.verifyWebhook({ headers, body }, "other"), lib.WebhookError);
    await fails(lib.verifyWebhook({ headers: {}, body }, "key"), lib.WebhookError);
  },

  async "blank signing keys are configuration errors even if the signature matches"() {
    const body = '{"event":"User.Created","hookId":"h","createdAt":"2026-01-01T00:00:00Z"}';
    for (const blank of [" ", "\t\n", "\u00a0\u2003", "\0", "\u200b\u2060", "\u00ad", "\ufeff", "\u3164", "undefined", "null"]) {
      await fails(lib.verifyWebhook(await signed(blank, body), blank), TypeError);
      await fails(lib.verifyWebhook(await signed("key", body), ["key", blank]), TypeError);
    }
    for (const missing of ["", [], [""], undefined, null, 7]) {
      await fails(lib.verifyWebhook(await signed("key", body), missing), TypeError);
    }
  },

  async "any of several signing keys verifies while a key is rotated"() {
    const body = '{"event":"User.Created","hookId":"h","createdAt":"2026-01-01T00:00:00Z"}';
    for (const key of ["old", "new"]) equal((await lib.verifyWebhook(await signed(key, body), ["new", "old"])).hookId, "h");
    await fails(lib.verifyWebhook(await signed("third", body), ["new", "old"]), lib.WebhookError);
  },

  async "a signed body that is not a webhook event is rejected"() {
    const notUtf8 = new Uint8Array([...new TextEncoder().encode('{"hookId":"'), 0xff, ...new TextEncoder().encode('","event":"e","createdAt":"c"}')]);
    for (const body of ["null", "[1]", "{}", "7", "", '{"event":"User.Created"}', notUtf8]) {
      await fails(lib.verifyWebhook(await signed("key", body), "key"), lib.WebhookError);
    }
  },

  async "a trap fails the calls in progress, but not later calls"({ room, client, ready }) {
    const admin = client();
    await admin.getToken();
    await room.plan({ plan: [{ held: true }] });
    const call = admin.users.get("x");
    call.catch(() => {});
    const first = ready();
    let trap;
    try {
      first.enter(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    } catch (error) {
      trap = error;
    }
    ok(trap?.cause instanceof WebAssembly.RuntimeError, "the instance traps");
    await fails(call, LogtoError, (error) => ok(error.cause instanceof WebAssembly.RuntimeError, "the trap is the cause"));
    await room.plan({ plan: [] });
    equal((await admin.users.get("y")).id, "y");
    ok(ready() !== first, "the instance is replaced");
  },
};

/** Returns a copy in memory that threads share, where the platform has such memory. */
function inSharedMemory(bytes) {
  if (!globalThis.SharedArrayBuffer) return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}

/**
 * Returns a delivery as Logto sends it. WebCrypto rejects empty keys. `\0` produces the same signature, because HMAC pads
 * keys with zeros.
 */
async function signed(signingKey, body) {
  const encode = (text) => (typeof text === "string" ? new TextEncoder().encode(text) : text);
  const key = await crypto.subtle.importKey("raw", encode(signingKey || "\0"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(body)));
  const hex = Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { headers: { "logto-signature-sha-256": hex }, body };
}

/** Runs all tests against a server. Returns the names of those that pass, and the errors of the others. */
export async function run({ server, runtime, ready }) {
  const results = { passed: [], failed: [] };
  for (const [number, [name, test]] of Object.entries(tests).entries()) {
    const id = `${runtime}-${number}`;
    const put = (plan) => fetch(`${server}/plan/${id}`, { method: "PUT", body: JSON.stringify(plan) }).then((response) => response.text());
    const release = () => fetch(`${server}/release/${id}`, { method: "PUT" }).then((response) => response.text());
    const room = { url: `${server}/s/${id}`, plan: put, release, seen: () => fetch(`${server}/seen/${id}`).then((response) => response.json()) };
    const client = (options) => new LogtoAdmin({ endpoint: room.url, appId: "app", appSecret: "secret", ...options });
    try {
      await test({ room, client, runtime, ready });
      results.passed.push(name);
    } catch (error) {
      results.failed.push(`${name}: ${error?.stack ?? error}`);
    }
  }
  return results;
}
