/** Checks of arguments. They throw a `TypeError` that names the argument. */
import type { HeaderValues } from "./options.js";
import { printable } from "./response/printable.js";
import { isObject } from "./values.js";

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

export function expectObject(value: unknown, name = "options"): asserts value is Record<string, unknown> {
  if (!isObject(value)) throw bad(name, "is not an object");
}

/**
 * Checks the type of a member, if it is present. A type such as `a|b` is a choice of texts, and an empty type accepts any
 * value. Numbers must not be negative. Messages call the member `shown`.
 */
export function check(object: object, name: string, type: string, shown = name): void {
  const value: unknown = Reflect.get(object, name);
  if (value === undefined || !type) return;
  const choices: unknown[] = type.split("|");
  if (choices.length > 1 && !choices.includes(value)) throw bad(shown, `is not one of ${choices.join(", ")}`);
  if (choices.length === 1 && (typeof value !== type || value === null)) throw bad(shown, `is not of type ${type}`);
  if (typeof value === "number" && !(value >= 0)) throw bad(shown, "is not a number >= 0");
  if (typeof value === "number" && COUNTS.test(name) && value % 1) throw bad(shown, "is not a whole number");
}

const COUNTS = /^(retries|redirects|requests)$/;

/** Checks that an object has only these members, with these types: see {@link check}. Options have no `name`. */
export function checkMembers(value: unknown, types: Record<string, string>, name?: string): asserts value is Record<string, unknown> {
  expectObject(value, name);
  for (const member in value) {
    const shown = name ? `${name}.${member}` : member;
    if (!Object.hasOwn(types, member)) throw bad(shown, `is not one of ${Object.keys(types).join(", ")}`);
    check(value, member, types[member] ?? "", shown);
  }
}

/** Rejects halves of surrogate pairs. An encoded text would contain another character. */
export function checkPairs(name: string, text: unknown): void {
  if (typeof text === "string" && /[\ud800-\udfff]/u.test(text)) throw bad(name, "contains half of a surrogate pair");
}

/** Parses a URL. Throws an error without the URL, which might contain a password. */
export function checkUrl(name: string, text: unknown, base?: string): URL {
  let url: URL;
  try {
    url = new URL(String(text), base);
  } catch {
    throw bad(name, "is not a URL: write it as https://id.example.com");
  }
  const { protocol, username, password } = url;
  if (protocol !== "https:" && protocol !== "http:") throw bad(name, "is not an http or https URL");
  if (username || password) throw bad(name, "contains a user name or password");
  return url;
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
