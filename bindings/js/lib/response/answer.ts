import type { Operation } from "../request/operation.js";
import { isObject } from "../values.js";
import { DecodeError } from "./errors.js";

/** Status, headers and URL of a response. */
export interface LogtoResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
}

/** A response with its body as text. */
export interface Answer {
  readonly response: LogtoResponse;
  readonly text: string;
  /** Number of times that the request was sent. */
  readonly attempts: number;
}

/** Returns a URL as error messages show it. It has no user name, password, query and fragment. */
export function shown(url: string): string {
  // Some parsers read the full-width sign too.
  const at = Math.max(url.lastIndexOf("@"), url.lastIndexOf("\uff20"));
  return (at < 0 || /^\/(?!\/)/.test(url) ? url : withoutUser(url, at)).replace(/[?#].*/s, "");
}

/** Removes user name and password. A password can contain a slash, `?` or `#`, so it ends at the last sign. */
function withoutUser(url: string, at: number): string {
  try {
    const { username, password, port, origin } = new URL(url);
    // An apparent port might be the start of a password.
    if (origin !== "null" && !username && !password) return port ? origin : url;
  } catch {
    // The text is not a URL.
  }
  return (/^[a-z\d]+:\/\//i.exec(url)?.[0] ?? "") + url.slice(at + 1);
}

/** Returns the members of a JSON object; none if the text is not JSON. */
export function members(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export function isHtml(headers: Headers): boolean {
  return headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** Returns the data of an operation's answer. If `isStrict` is set, undocumented successes are errors. */
export function read(operation: Operation, { response, text, attempts }: Answer, isStrict = false): unknown {
  const { status, headers } = response;
  const { answer, itemsAt } = operation;
  // Reading a header takes time on some platforms.
  const type = answer === "json" ? "" : (headers.get("content-type") ?? "");
  const refuse = (message: string, cause?: unknown): DecodeError => {
    return new DecodeError(`${operation.id}: ${message}`, {
      status,
      headers,
      requestId: headers.get("logto-core-request-id") ?? undefined,
      operation: operation.id,
      attempts,
      hint: isHtml(headers) ? "check that the endpoint, which returns web pages, is the root of a Logto server" : undefined,
      cause,
    });
  };
  if (status === 304) return undefined;
  const target = status >= 300 ? headers.get("location") : undefined;
  if (status >= 300 && answer !== "redirect" && answer !== "any") throw refuse(`unexpected redirect${target ? ` to ${shown(target)}` : ""}`);
  if ((answer === "none" || answer === "value") && text && isHtml(headers)) throw refuse("the response is a web page");
  const problem = isStrict && undocumented(operation, status, text);
  if (problem) throw refuse(`${problem} (strict mode)`);
  if (status >= 300) return target ?? undefined;
  if (answer === "text" || ((answer === "any" || answer === "value") && text && !type.includes("json"))) return text;
  // Older servers answer some operations with a word.
  const isWord = answer === "optional" && type.startsWith("text/plain");
  if (answer === "none" || isWord || (!text && answer !== "json")) return undefined;
  if (!text) throw refuse("the response has no body");
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw refuse("the response is not JSON", cause);
  }
  if (itemsAt === undefined) {
    if (operation.paging !== "none" && !Array.isArray(data)) throw refuse("the response is not a list");
    return data;
  }
  const items = isObject(data) && data[itemsAt];
  if (!Array.isArray(items)) throw refuse(`the response has no list \`${itemsAt}\``);
  return items;
}

/** Returns what strict mode rejects in a success. */
function undocumented({ success, answer }: Operation, status: number, text: string): string | undefined {
  if (success.length > 0 && !success.includes(status)) return `status ${status} is not documented for this operation`;
  // A documented 204 never has a body.
  return answer === "text" && status !== 204 && !text ? "the documented body is missing" : undefined;
}
