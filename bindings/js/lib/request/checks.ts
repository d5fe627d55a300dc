import type { CallOptions, HeaderValues, RetryTimes } from "../options.js";
import { printable } from "../response/printable.js";

const bads = new WeakSet();

/** Returns a `TypeError` that names the argument. */
export function bad(name: string, why: string, cause?: unknown): TypeError {
  const error = new TypeError(printable(`\`${name}\` ${why}`), cause === undefined ? undefined : { cause });
  bads.add(error);
  return error;
}

/** Whether this is an error of `bad`. */
export function isBad(error: unknown): error is TypeError {
  return isObject(error) && bads.has(error);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Returns the text of what a function of the user has thrown. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "an object without text";
  }
}

/** Returns the JSON of an argument. Rejects values that JSON has no form for: they would be sent as empty objects. */
export function json(name: string, value: unknown): string {
  let [text, cause]: [string | undefined, unknown] = [undefined, undefined];
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text === undefined) throw bad(name, "cannot be encoded as JSON", cause);
  expectPlain(name, value);
  return text;
}

function expectPlain(name: string, value: unknown): void {
  if (!isObject(value)) return;
  const isList = Array.isArray(value);
  const isOpaque = value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || typeof value["then"] === "function";
  if (isOpaque || (Symbol.iterator in value && !isList)) throw bad(name, "is not plain data that can be sent as JSON");
  if (typeof value["toJSON"] === "function") return;
  for (const [key, member] of Object.entries(value)) expectPlain(isList ? `${name}[${key}]` : `${name}.${key}`, member);
}

export function expectObject(value: unknown, name = "options"): void {
  if (!isObject(value)) throw bad(name, "is not an object");
}

/** Rejects options of another type, and negative numbers. */
export function check(options: object, names: string, type: string): void {
  for (const name of names.split(" ")) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (typeof value !== type) throw bad(name, `is not a ${type}`);
    if (type === "number" && !((value as number) >= 0)) throw bad(name, "is not a number >= 0");
  }
}

/** Returns headers by name. The platform's `Headers` rejects invalid names and values. */
export function checkedHeaders(headers: HeaderValues | undefined): Record<string, string> {
  try {
    return headers === undefined ? {} : Object.fromEntries(new Headers(present(headers) as HeadersInit));
  } catch {
    // The error of the platform contains the value, which might be secret.
    throw bad("headers", "contains an invalid name or value");
  }
}

/** Leaves out the headers of an object that are undefined. */
function present(headers: HeaderValues): HeaderValues {
  if (Symbol.iterator in headers) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** Options of a call, with the types of those that have a primitive type. */
const CALL: Record<string, string> = { signal: "", timeout: "number", totalTimeout: "number", headers: "", retries: "number", retry: "", redirects: "number", strict: "boolean", idempotent: "boolean", maxResponseBytes: "number", cache: "string", next: "object" };

export function checkCallOptions(options: CallOptions): void {
  expectObject(options);
  for (const name in options) {
    const type = Object.hasOwn(CALL, name) ? CALL[name] : undefined;
    if (type === undefined) throw bad(`options.${name}`, "is not a call option");
    if (type) check(options, name, type);
  }
  checkRetry(options.retry);
  const { signal } = options;
  if (signal && typeof signal.addEventListener !== "function") throw bad("signal", "is not an AbortSignal");
}

export function checkRetry(times: RetryTimes | undefined): void {
  if (times === undefined) return;
  expectObject(times, "retry");
  check(times, "base longest total", "number");
}

/** Rejects halves of surrogate pairs: an encoded text would contain another character. */
export function checkPairs(name: string, text: unknown): void {
  if (typeof text === "string" && /[\ud800-\udfff]/u.test(text)) throw bad(name, "contains half of a surrogate pair");
}

/** Parses a URL. Throws an error without the URL, which might contain a password. */
export function checkUrl(name: string, text: unknown, base?: string): URL {
  let url: URL;
  try {
    url = new URL(text as string, base);
  } catch {
    throw bad(name, "is not a URL: write it as https://id.example.com");
  }
  const { protocol, username, password } = url;
  if (protocol !== "https:" && protocol !== "http:") throw bad(name, "is not an http or https URL");
  if (username || password) throw bad(name, "contains a user name or password");
  return url;
}
