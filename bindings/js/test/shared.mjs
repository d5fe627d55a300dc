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
