// The cases in which the npm package and the Rust client must agree. The tests of the Rust client read the same file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { equal, runCases } from "./cases.mjs";

/** The classes for the questions of the Rust client. */
const CLASSES = {
  conflict: "ConflictError",
  invalid_input: "UnprocessableError",
  unauthorized: "AuthenticationError",
  forbidden: "PermissionError",
  not_found: "NotFoundError",
  rate_limited: "RateLimitError",
  server_error: "ServerError",
};

function json(status, body, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** A client without a network. `answer` receives the URL and the options of each request. */
function client({ lib }, answer, options = {}) {
  const seen = [];
  const fetch = async (url, init) => {
    seen.push({ url, init });
    return answer(url, init);
  };
  return { seen, logto: new lib.LogtoAdmin({ endpoint: "http://127.0.0.1:9", getToken: () => "t", retries: 0, ...options, fetch }) };
}

function meaning({ lib }, error, expected, what) {
  // A conflict is a rejected input too.
  const implied = expected.includes("conflict") ? [...expected, "invalid_input"] : expected;
  const is = Object.entries(CLASSES).filter(([, name]) => error instanceof lib[name]);
  equal(is.map(([name]) => name).sort(), [...new Set(implied)].sort(), what);
}

/** Runs a test with a new client, and with one whose calls skip the module. They do after a success. */
async function coldAndWarm(context, answer, options, run) {
  for (const isWarm of [false, true]) {
    let isReady = !isWarm;
    const { seen, logto } = client(context, (url) => (isReady ? answer(url) : json(200, [])), options);
    if (isWarm) await logto.users.list();
    isReady = true;
    seen.length = 0;
    await run(logto, seen);
  }
}

/** Longer than any wait between two attempts, in milliseconds. Longer timers are timeouts. */
const LONG = 100_000;

/** Runs a call whose waits end at once and whose random numbers are 0.5. Returns the waits in milliseconds. */
async function withoutWaits(call) {
  const { setTimeout } = globalThis;
  const { random } = Math;
  const waits = [];
  globalThis.setTimeout = (work, time, ...rest) => {
    if (time >= LONG) return setTimeout(work, time, ...rest);
    waits.push(time);
    return setTimeout(work, 0, ...rest);
  };
  Math.random = () => 0.5;
  try {
    await call();
  } finally {
    globalThis.setTimeout = setTimeout;
    Math.random = random;
  }
  return waits;
}

const failed = (call) => call.then(() => undefined, (error) => error);

const tests = {
  async "errors have a meaning"(context) {
    for (const one of context.table.errors) {
      const { logto } = client(context, () => json(one.status, { code: one.code, message: "no" }));
      meaning(context, await failed(logto.users.get("u")), one.is, one);
    }
  },

  async "failed token calls have the meaning of their reason"(context) {
    for (const one of context.table.token_errors) {
      const credentials = { getToken: undefined, appId: "app", appSecret: "secret" };
      const { logto } = client(context, () => json(one.status, { error: one.error }), credentials);
      meaning(context, await failed(logto.users.get("u")), one.is, one);
    }
  },

  async "endpoints are recognised or refused"(context) {
    for (const one of context.table.endpoints) {
      const options = { endpoint: one.endpoint, tenant: one.tenant, getToken: undefined, appId: "app", appSecret: "secret" };
      const answer = (url) => (url.endsWith("/oidc/token") ? json(200, { access_token: "t", expires_in: 3600 }) : json(200, []));
      let made;
      try {
        made = client(context, answer, options);
      } catch (error) {
        equal([one.refused, error instanceof TypeError], [true, true], one);
        continue;
      }
      equal(one.refused ?? false, false, one);
      for (let call = 0; call < 199; call++) await made.logto.users.list();
      const over = await failed(made.logto.users.list({}, { totalTimeout: 50 }));
      equal(over instanceof context.lib.TimeoutError, one.limited, one);
      equal(made.seen[0].url, `${one.url}/oidc/token`, one);
      equal(new URLSearchParams(made.seen[0].init.body).get("resource"), one.resource, one);
    }
  },

  async "paths are encoded"(context) {
    for (const one of context.table.paths) {
      const { logto, seen } = client(context, () => json(200, {}));
      const error = await failed(logto.users.get(one.id));
      if (one.refused) equal([error instanceof TypeError, seen.length], [true, 0], one);
      else equal(seen[0].url, `http://127.0.0.1:9${one.path}`, one);
    }
  },

  async "queries are encoded"(context) {
    for (const one of context.table.queries) {
      const { logto, seen } = client(context, () => json(200, []));
      await logto.users.list(Object.fromEntries(one.members));
      equal([...new URL(seen[0].url).searchParams], one.decoded, one);
    }
  },

  async "untyped calls tell the API from other servers"(context) {
    for (const one of context.table.untyped) {
      const headers = Object.entries({ location: one.location, "content-type": one.type }).filter(([, value]) => value !== undefined);
      const { logto } = client(context, () => new Response(one.body ?? null, { status: one.status, headers }));
      const call = logto.request(one.method, "/api/something/new");
      const outcome = await call.then((data) => ({ data: data ?? null }), (error) => ({ refused: error instanceof context.lib.LogtoError }));
      equal(outcome, one.refused ? { refused: true } : { data: one.data }, one);
    }
  },

  async "requests are retried"(context) {
    for (const one of context.table.retries) {
      const headers = one.retry_after === undefined ? {} : { "retry-after": one.retry_after };
      const body = { code: one.code ?? "some.code", message: "no" };
      const { logto, seen } = client(context, () => json(one.status, body, headers), { retries: 1 });
      const error = await failed(one.operation === "list" ? logto.users.list() : logto.users.create({}));
      equal([error?.status, seen.length], [one.status, one.sends], one);
    }
  },

  async "`Retry-After` is seconds or a date"(context) {
    const { now } = Date;
    // The time on the clock of the Rust tests.
    Date.now = () => 1_795_000_000_000;
    try {
      for (const { value, seconds } of context.table.retry_after) {
        const { logto } = client(context, () => json(503, { code: "some.code", message: "no" }, { "retry-after": value }));
        equal((await failed(logto.users.list()))?.retryAfter ?? null, seconds, value);
      }
    } finally {
      Date.now = now;
    }
  },

  async "calls override the retry policy"(context) {
    for (const { status, retry_after, sends, retries, ...retry } of context.table.call_retries) {
      const headers = retry_after === undefined ? {} : { "retry-after": retry_after };
      const given = { status, retry_after, retries, ...retry };
      await coldAndWarm(context, () => json(status, { code: "some.code", message: "no" }, headers), { retries: 1 }, async (logto, seen) => {
        const error = await failed(logto.users.list({}, { retries, retry }));
        equal([error?.status, seen.length], [status, sends], given);
      });
    }
  },

  async "the retry policy has the documented defaults"(context) {
    const attempts = async (headers) => {
      const { logto, seen } = client(context, () => json(503, { code: "some.code", message: "no" }, headers), { retries: 7, timeout: LONG });
      const waits = await withoutWaits(() => failed(logto.users.list()));
      return { sends: seen.length, waits };
    };
    const half = [125, 250, 500, 1_000, 2_000, 4_000, 4_000];
    equal(await attempts({}), { sends: 8, waits: half }, "random waits of up to 250 ms, doubled up to 8 s");
    equal((await attempts({ "retry-after": "59" })).waits[0], 59_000, "a wait that ends within 60 s");
    equal(await attempts({ "retry-after": "61" }), { sends: 1, waits: [] }, "a wait that ends after 60 s");
  },

  async "an attempt has 30 s by default, and a call has no limit"(context) {
    const { setTimeout } = globalThis;
    const times = [];
    globalThis.setTimeout = (work, time, ...rest) => {
      times.push(time);
      return setTimeout(work, time, ...rest);
    };
    try {
      await coldAndWarm(context, () => json(200, []), {}, async (logto) => {
        times.length = 0;
        await logto.users.list();
        // The renewal of a token has its own timer, which is longer.
        const ofCall = times.filter((time) => time < LONG);
        // `getToken` may take as long as an attempt.
        equal([...new Set(ofCall.map((time) => time > 29_000 && time <= 30_000))], [true], times);
      });
    } finally {
      globalThis.setTimeout = setTimeout;
    }
  },

  async "redirects are followed if the call allows it"(context) {
    for (const one of context.table.redirects) {
      const headers = one.location === undefined ? {} : { location: one.location };
      const answer = (url) => (url.includes("/api/else") ? json(200, []) : new Response(null, { status: one.status, headers }));
      await coldAndWarm(context, answer, {}, async (logto, seen) => {
        const options = { redirects: one.redirects };
        const call = { list: () => logto.users.list({}, options), delete: () => logto.users.delete("u", options), create: () => logto.users.create({}, options) }[one.operation];
        const error = await failed(call());
        equal(seen.map(({ url, init }) => `${init.method} ${url.replace("http://127.0.0.1:9", "")}`), one.requests, one);
        equal(error instanceof context.lib.LogtoError, one.refused ?? false, `${JSON.stringify(one)}: ${error}`);
        for (const { init } of seen) {
          const hasBody = init.method === "POST";
          equal([init.headers.authorization, init.body !== undefined, "content-type" in init.headers], ["Bearer t", hasBody, hasBody], one);
        }
      });
    }
  },

  async "undocumented successes are errors in strict mode"(context) {
    for (const one of context.table.strict) {
      const answer = () => new Response(one.body || null, { status: one.status });
      await coldAndWarm(context, answer, {}, async (logto) => {
        const options = { strict: one.strict };
        const call = { list: () => logto.users.list({}, options), delete: () => logto.users.delete("u", options), assign: () => logto.roles.assignUsers("r", { userIds: ["u"] }, options) }[one.operation];
        const error = await failed(call());
        equal([error !== undefined, error instanceof context.lib.DecodeError], [one.refused ?? false, one.refused ?? false], `${JSON.stringify(one)}: ${error}`);
      });
    }
  },

  async "webhooks are verified"({ lib, table }) {
    for (const one of table.webhooks) {
      const request = { headers: { "logto-signature-sha-256": one.signature }, body: one.body };
      const outcome = await lib.verifyWebhook(request, one.keys).then(
        () => "event",
        (error) => (error instanceof lib.WebhookError ? "refused" : error instanceof TypeError ? "configuration" : String(error)),
      );
      equal(outcome, one.outcome, one);
    }
  },
};

export async function shared(context) {
  const lib = await import(pathToFileURL(join(context.folder, "node_modules/logto-admin/dist/index.js")));
  const table = JSON.parse(readFileSync(join(context.here, "../../tests/fixtures/cases.json"), "utf8"));
  return runCases(tests, { ...context, lib, table });
}
