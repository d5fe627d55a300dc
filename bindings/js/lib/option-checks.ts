/** Checks of the options of a client. Throws TypeErrors that name the option. */
import { bad, checkedMembers, checkPairs, checkUrl, expectObject } from "./checks.js";
import { type AllOptions, type Exchange, LEVELS } from "./options.js";
import { checkedRetry, SHARED } from "./request/call-options.js";

/** Options of a client, with the types of those that have a simple type. */
const CLIENT: Record<keyof AllOptions, string> = {
  ...SHARED,
  tenant: "string",
  endpoint: "string",
  resource: "string",
  scope: "string",
  appId: "string",
  appSecret: "string",
  exchange: "",
  organizationId: "string",
  getToken: "function",
  tokenStore: "",
  fetch: "function",
  credentials: "omit|same-origin|include",
  rateLimit: "",
  allowHttp: "boolean",
  onRequest: "function",
  onResponse: "function",
  logger: "",
  logLevel: LEVELS.join("|"),
  wasm: "object",
};

/** Names of options in other clients. */
const OTHER_NAMES: Record<string, string> = { clientId: "appId", clientSecret: "appSecret", baseUrl: "endpoint", url: "endpoint", tenantId: "tenant", accessToken: "getToken", token: "getToken" };

/** Rejects texts that come from unset variables or from files with a line break. The message does not repeat them. */
function checkText(name: string, text: unknown): void {
  if (typeof text === "string" && text.trim() === "") throw bad(name, "is empty");
  if (typeof text === "string" && /[\0-\x1f\x7f-\x9f]/.test(text)) throw bad(name, "contains a line break or another control character");
  checkPairs(name, text);
}

/** Returns a copy of the options, inherited ones included. Throws if one is invalid. */
export function checkOptions(given: AllOptions): AllOptions {
  expectObject(given);
  const names = Object.keys(CLIENT);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known = (Object.hasOwn(OTHER_NAMES, name) && OTHER_NAMES[name]) || names.find((option) => option.toLowerCase() === name.toLowerCase());
    throw bad(name, `is not an option of a client${known ? `: did you mean \`${known}\`?` : ""}`);
  }
  const options = checkedMembers<AllOptions>(given, CLIENT);
  if (options.retry !== undefined) options.retry = checkedRetry(options.retry);
  const { tenant, endpoint, appId, appSecret, exchange, tokenStore, rateLimit, logger } = options;
  if (tenant === undefined && endpoint === undefined) throw bad("endpoint", "or `tenant` is required");
  if (tenant !== undefined && !/^[a-z0-9-]{1,63}$/.test(tenant)) {
    throw bad("tenant", "is not a tenant id: pass the first part of https://{tenant}.logto.app");
  }
  if (endpoint !== undefined) checkEndpoint(endpoint, options.allowHttp === true);
  if ((appId === undefined) !== (appSecret === undefined)) {
    throw bad(appId === undefined ? "appId" : "appSecret", "is missing: set both `appId` and `appSecret`");
  }
  for (const name of ["appId", "appSecret", "organizationId", "resource"] as const) checkText(name, options[name]);
  if (options.scope) checkText("scope", options.scope);
  if ((exchange !== undefined || options.organizationId) && appId === undefined) throw bad("appId", "is missing");
  if (exchange !== undefined) options.exchange = checkedExchange(exchange);
  if (logger && LEVELS.some((name) => name !== "off" && typeof logger[name] !== "function")) {
    throw bad("logger", "lacks one of the functions `debug`, `info`, `warn` and `error`");
  }
  if (tokenStore && (typeof tokenStore.get !== "function" || typeof tokenStore.set !== "function")) {
    throw bad("tokenStore", "lacks the function `get` or `set`");
  }
  if (rateLimit) {
    options.rateLimit = checkedMembers<typeof rateLimit>(rateLimit, { requests: "count", per: "number" }, "rateLimit");
    const { requests, per } = options.rateLimit;
    if (!(requests > 0 && requests < 2 ** 32 && per > 0 && per < Infinity)) throw bad("rateLimit", "requires `requests`, and `per` in milliseconds, above 0");
  }
  return options;
}

function checkedExchange(given: unknown): Exchange {
  const exchange = checkedMembers<Exchange>(given, { subjectToken: "", personalAccessToken: "string" }, "exchange");
  for (const [name, token] of Object.entries(exchange)) checkText(`exchange.${name}`, token);
  const tokens = Object.values(exchange);
  const isToken = typeof tokens[0] === "string" || typeof tokens[0] === "function";
  if (tokens.length !== 1 || !isToken) throw bad("exchange", "requires either a `subjectToken` or a `personalAccessToken`");
  return exchange;
}

function checkEndpoint(endpoint: string, allowHttp: boolean): void {
  const { protocol, hostname, pathname } = checkUrl("endpoint", endpoint);
  const isRoot = !/\/(api|console)\/*$|\/oidc(\/|$)/.test(pathname) && (pathname === "/" || !hostname.endsWith(".logto.app"));
  if (!isRoot || hostname.endsWith(".") || /[?#]/.test(endpoint)) {
    throw bad("endpoint", "is not the root of a server: pass its address without query, fragment and paths such as /api");
  }
  const local = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (protocol === "http:" && !local && !allowHttp) {
    throw bad("endpoint", "sends the secret unencrypted over http: use https, or set `allowHttp`");
  }
}
