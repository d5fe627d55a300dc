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
 * Checks the type of a value, if there is one. A type such as `a|b` is a choice of texts, a `count` a whole number, and an
 * empty type accepts any value. Numbers must not be negative.
 */
export function check(name: string, value: unknown, type: string): void {
  if (value === undefined || !type) return;
  const choices: unknown[] = type.split("|");
  if (choices.length > 1 && !choices.includes(value)) throw bad(name, `is not one of ${choices.join(", ")}`);
  const simple = type === "count" ? "number" : type;
  if (choices.length === 1 && (typeof value !== simple || value === null)) throw bad(name, `is not of type ${simple}`);
  if (typeof value === "number" && !(value >= 0)) throw bad(name, "is not a number >= 0");
  if (typeof value === "number" && type === "count" && value % 1) throw bad(name, "is not a whole number");
}

/**
 * Returns a copy of an object that has only these members.
 *
 * Their types are those of {@link check}. Later changes of the object have no effect. Options have no `name`.
 */
export function checkedMembers<Checked extends object>(value: unknown, types: Record<keyof Checked, string>, name?: string): Checked {
  expectObject(value, name);
  const shown = (member: string): string => (name ? `${name}.${member}` : member);
  for (const member of Object.keys(value)) {
    if (!Object.hasOwn(types, member) && value[member] !== undefined) throw bad(shown(member), `is not one of ${Object.keys(types).join(", ")}`);
  }
  const checked: Record<string, unknown> = {};
  for (const [member, type] of Object.entries<string>(types)) {
    const given = value[member];
    check(shown(member), given, type);
    if (given !== undefined) checked[member] = given;
  }
  return checked as Checked;
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
