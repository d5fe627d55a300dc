/** Checks and encodes the arguments of calls. */
import type { CallOptions, HeaderValues } from "../options.js";
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

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && Symbol.iterator in value;
}

/** Returns the value if it is a string, and otherwise an empty one. */
export function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns the text of what a function of the user has thrown. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "an object without text";
  }
}

/** Returns the JSON of an object. Rejects values that JSON has no form for: they would be sent as empty objects. */
function json(name: string, value: object): string {
  let text = "";
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  // A date would be a text.
  if (!/^[{[]/.test(text)) throw notPlain(name, cause);
  expectPlain(name, value);
  return text;
}

function expectPlain(name: string, value: unknown): void {
  if (!isObject(value)) return;
  const isList = Array.isArray(value);
  if (ArrayBuffer.isView(value) || typeof value["then"] === "function" || (isIterable(value) && !isList)) throw notPlain(name);
  if (typeof value["toJSON"] === "function") return;
  // Streams, errors and the like have names of their own.
  if (!isList && String(Object.prototype.toString.call(value)) !== "[object Object]") throw notPlain(name);
  for (const [key, member] of Object.entries(value)) expectPlain(isList ? `${name}[${key}]` : `${name}.${key}`, member);
}

function notPlain(name: string, cause?: unknown): TypeError {
  return bad(name, "is not plain data that can be sent as JSON", cause);
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

/** The modes of `fetch`. */
export const CACHE_MODES = "default|no-store|reload|no-cache|force-cache|only-if-cached";

/** Options of a call, with the types of those that have a primitive type. */
const CALL: Record<string, string> = { signal: "", timeout: "number", totalTimeout: "number", headers: "", retries: "number", retry: "", redirects: "number", strict: "boolean", idempotent: "boolean", maxResponseBytes: "number", cache: CACHE_MODES, next: "object" };

export function checkCallOptions(options: unknown): asserts options is CallOptions {
  checkMembers(options, CALL);
  checkRetry(options["retry"]);
  const { signal } = options;
  if (signal && typeof Reflect.get(Object(signal), "addEventListener") !== "function") throw bad("signal", "is not an AbortSignal");
}

export function checkRetry(times: unknown): void {
  if (times !== undefined) checkMembers(times, { base: "number", longest: "number", total: "number" }, "retry");
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

/** Replaces the parameters of a path by their values. Each value stays one segment. */
export function fillPath(path: string, values: Record<string, unknown>): string {
  if (!path.includes("{")) return path;
  return path.replace(/{([^{}]+)}/g, (_, name: string) => segment(name, values[name]));
}

/** Encodes a segment. URL parsers fold segments of dots, however they are encoded. */
function segment(name: string, value: unknown): string {
  if (typeof value !== "string" && !Number.isFinite(value)) throw bad(name, "is not a string");
  const text = String(value);
  if (text === "") throw bad(name, "is empty, so the request would reach another route");
  if (text === "." || text === "..") throw bad(name, `is \`${text}\`, which URLs cannot carry as a segment`);
  checkPairs(name, text);
  return encodeURIComponent(text);
}

/** Encodes a query. An array repeats its name. Members that are null or undefined are left out. */
export function encodeQuery(members: Record<string, unknown> | undefined): string {
  if (members === undefined) return "";
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    // The server refuses an empty search, which means all items.
    if (name === "search" && value === "") return;
    if (value !== undefined && value !== null) pairs.append(name === "pageSize" ? "page_size" : name, plain(name, value));
  };
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (isIterable(value)) for (const one of value) add(name, one);
    else add(name, value);
  }
  return pairs.toString();
}

function plain(name: string, value: unknown): string {
  if (isObject(value) && !(value instanceof Date)) return json(`query.${name}`, value);
  const plain = value instanceof Date ? value.getTime() : value;
  const isText = typeof plain === "string" || typeof plain === "boolean" || typeof plain === "bigint";
  checkPairs(`query.${name}`, plain);
  if (!isText && !Number.isFinite(plain)) throw bad(`query.${name}`, `is a ${typeof plain} that a query cannot carry`);
  return String(plain);
}

/**
 * @internal
 * An encoded body with its `Content-Type` header. `fetch` sets the header of a `FormData`.
 */
export interface Encoded {
  readonly body: BodyInit | undefined;
  readonly headers: Record<string, string>;
}

/** A file to upload. It is a `Blob`, a `File`, or bytes, with an optional name and media type. */
export type Upload = Content | { data: Content; name?: string; type?: string };

/** Content of a file. */
export type Content = Blob | Uint8Array | ArrayBuffer;

/**
 * Encodes a body.
 *
 * @internal
 */
export function encodeBody(kind: string, body: unknown): Encoded {
  if (body === undefined) return { body: undefined, headers: {} };
  expectObject(body, "body");
  if (kind === "form") return { body: form(body), headers: { "content-type": "application/x-www-form-urlencoded" } };
  if (kind === "multipart") return { body: multipart(body), headers: {} };
  return { body: json("body", body), headers: { "content-type": "application/json" } };
}

function form(body: object): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (isObject(value)) throw bad(`body.${name}`, "is an object, which forms cannot contain");
    if (value !== undefined && value !== null) pairs.append(name, String(value));
  }
  return pairs.toString();
}

function multipart(body: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    if (typeof value === "string") data.append(name, value);
    else file(data, name, value);
  }
  return data;
}

function file(data: FormData, field: string, upload: unknown): void {
  const { data: content, name, type }: Record<string, unknown> = isContent(upload) || !isObject(upload) ? { data: upload } : upload;
  if (!isContent(content)) throw bad(`body.${field}`, "is not a Blob, a File or bytes");
  const own: Partial<File> = content instanceof Blob ? content : {};
  // A copy, because a Blob cannot be made of shared memory.
  const part = content instanceof Blob ? content : new Uint8Array(content);
  data.append(field, new Blob([part], { type: String(type ?? own.type ?? "application/octet-stream") }), String(name ?? own.name ?? "file"));
}

function isContent(value: unknown): value is Content {
  return [Blob, Uint8Array, ArrayBuffer].some((type) => value instanceof type);
}
