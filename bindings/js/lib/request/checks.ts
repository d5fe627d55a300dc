import type { CallOptions, LogtoOptions } from "../options.js";

/** A `TypeError` that names the argument. */
export function bad(name: string, why: string): TypeError {
  return new TypeError(`\`${name}\` ${why}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function expectObject(value: unknown): void {
  if (!isObject(value)) throw bad("options", "is no object");
}

function check(options: object, names: string, type: string): void {
  for (const name of names.split(" ")) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (typeof value !== type) throw bad(name, `is no ${type}`);
    if (type === "number" && !((value as number) >= 0)) throw bad(name, "is no number from 0");
  }
}

/** Headers by name; the platform's `Headers` refuses what no header can carry. */
export function checkedHeaders(headers: HeadersInit | undefined): Record<string, string> {
  try {
    return headers === undefined ? {} : Object.fromEntries(new Headers(headers));
  } catch (cause) {
    throw new TypeError("`headers` has a name or a value that no header can have", { cause });
  }
}

/** The options of a call, with the type of those that have a plain one. */
const CALL: Record<string, string> = { signal: "", timeout: "number", totalTimeout: "number", headers: "", retries: "number", idempotent: "boolean" };

export function checkCallOptions(options: CallOptions): void {
  expectObject(options);
  for (const name in options) {
    const type = Object.hasOwn(CALL, name) ? CALL[name] : undefined;
    if (type === undefined) throw bad(`options.${name}`, "is no option of a call");
    if (type) check(options, name, type);
  }
  const { signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function") throw bad("signal", "is no AbortSignal");
}

export function checkOptions(options: LogtoOptions): void {
  expectObject(options);
  check(options, "tenant endpoint resource scope appId appSecret", "string");
  check(options, "timeout totalTimeout retries maxResponseBytes", "number");
  check(options, "getToken fetch onRequest onResponse", "function");
  const { tenant, endpoint, appId, appSecret, tokenStore, rateLimit } = options;
  if (tenant === undefined && endpoint === undefined) throw bad("endpoint", "or `tenant` has to be given");
  if (tenant !== undefined && !/^[a-z0-9-]{1,63}$/.test(tenant)) {
    throw bad("tenant", "is no id of a Logto Cloud tenant: give the first part of https://{tenant}.logto.app");
  }
  if (endpoint !== undefined) checkEndpoint(endpoint, options.allowHttp === true);
  if ((appId === undefined) !== (appSecret === undefined)) {
    throw bad(appId === undefined ? "appId" : "appSecret", "has to be given too");
  }
  if (tokenStore && (typeof tokenStore.get !== "function" || typeof tokenStore.set !== "function")) {
    throw bad("tokenStore", "has no functions `get` and `set`");
  }
  if (rateLimit && !(rateLimit.requests > 0 && rateLimit.per > 0)) {
    throw bad("rateLimit", "wants `requests`, and `per` in milliseconds, above 0");
  }
}

function checkEndpoint(endpoint: string, allowHttp: boolean): void {
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    throw bad("endpoint", "is no URL: write it as https://id.example.com");
  }
  const { protocol, hostname, username, password, search, hash, pathname } = url;
  if (protocol !== "https:" && protocol !== "http:") throw bad("endpoint", "is no URL of http or https");
  if (username || password) throw bad("endpoint", "has a user or a password: give credentials as `appId` and `appSecret`");
  if (search || hash) throw bad("endpoint", "has a query or a fragment: give the server's address alone");
  if (/\/(api|oidc|console)\/?$/.test(pathname)) {
    throw bad("endpoint", "ends in a path of the server: give the root, under which /api and /oidc are found");
  }
  const local = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (protocol === "http:" && !local && !allowHttp) {
    throw bad("endpoint", "is plain http to another machine, which shows the secret to everyone on the way: use https, or `allowHttp`");
  }
}
