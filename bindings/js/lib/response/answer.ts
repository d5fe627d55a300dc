import { DecodeError } from "./errors.js";
import type { Operation } from "../request/operation.js";

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
}

/** Returns a URL as error messages show it: without user name, password, query and fragment. */
const shown = (url: string): string => url.replace(/[?#].*/s, "").replace(/^((?:[a-z]+:)?\/\/)[^/]*@/i, "$1");

/** Returns the data of an operation's answer. */
export function read(operation: Operation, { response, text }: Answer): unknown {
  const { status, headers } = response;
  const refuse = (message: string, cause?: unknown): DecodeError => {
    const html = headers.get("content-type")?.startsWith("text/html");
    return new DecodeError(`${operation.id}: ${message}`, {
      status,
      requestId: headers.get("logto-core-request-id") ?? undefined,
      operation: operation.id,
      hint: html ? "the endpoint returns web pages: check that it is the root of a Logto server" : undefined,
      cause,
    });
  };
  if (status === 304) return undefined;
  if (status >= 300) {
    const target = headers.get("location");
    if (operation.answer !== "redirect" && operation.answer !== "any") throw refuse(`unexpected redirect to ${target && shown(target)}`);
    return target ?? undefined;
  }
  if (operation.answer === "none") return undefined;
  if (operation.answer === "text") return text;
  if (text === "") {
    if (operation.answer === "json") throw refuse("the response has no body");
    return undefined;
  }
  if (operation.answer === "any" && !headers.get("content-type")?.includes("json")) return text;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw refuse("the response is not JSON", cause);
  }
  if (operation.itemsAt === undefined) return data;
  const items = (data as Record<string, unknown> | null)?.[operation.itemsAt];
  if (!Array.isArray(items)) throw refuse(`the response has no list \`${operation.itemsAt}\``);
  return items;
}
