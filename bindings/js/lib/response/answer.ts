import { DecodeError } from "./errors.js";
import type { Operation } from "../request/operation.js";

/** Status, headers and URL of an answer. */
export interface LogtoResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
}

/** An answer as it came. */
export interface Answer {
  readonly response: LogtoResponse;
  readonly text: string;
}

/** A URL as errors show it: without user name and password, query and fragment. */
const shown = (url: string): string => url.replace(/[?#].*/s, "").replace(/^((?:[a-z]+:)?\/\/)[^/]*@/i, "$1");

/** What an operation's answer comes to. */
export function read(operation: Operation, { response, text }: Answer): unknown {
  const { status, headers } = response;
  const refuse = (message: string, cause?: unknown): DecodeError => {
    const html = headers.get("content-type")?.startsWith("text/html");
    return new DecodeError(`${operation.id}: ${message}`, {
      status,
      requestId: headers.get("logto-core-request-id") ?? undefined,
      operation: operation.id,
      hint: html ? "the endpoint answers web pages: check that it is the root of a Logto server" : undefined,
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
    if (operation.answer === "json") throw refuse("the answer has no body");
    return undefined;
  }
  if (operation.answer === "any" && !headers.get("content-type")?.includes("json")) return text;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw refuse("the answer is no JSON", cause);
  }
  if (operation.itemsAt === undefined) return data;
  const items = (data as Record<string, unknown> | null)?.[operation.itemsAt];
  if (!Array.isArray(items)) throw refuse(`the answer has no list \`${operation.itemsAt}\``);
  return items;
}
