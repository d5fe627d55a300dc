/** Sends requests: hooks, `fetch`, redirects, and the bodies of the responses. */
import { MAX_RESPONSE_BYTES } from "../defaults.js";
import type { CallOptions, HookRequest, Settings } from "../options.js";
import { type Answer, type LogtoResponse, shown as shownUrl } from "../response/answer.js";
import { checkUrl, isObject } from "./arguments.js";
import type { Operation } from "./operation.js";

/** A request without its access token. */
export interface Request {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | undefined;
  readonly options: CallOptions;
}

/**
 * Reason why an attempt has no answer. `kind` is a number of the module. 1 is too large, 2 final and never sent, 3 a
 * broken body, 4 final, 5 a redirect not followed, 0 any other.
 */
export class SendFailure extends Error {
  constructor(
    readonly kind: number,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** An attempt to send a request. */
export interface Attempt {
  readonly operation: string;
  readonly attempt: number;
  readonly tokenCall: boolean;
  /** Options of the call; empty for a call to the token endpoint. */
  readonly options: CallOptions;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | undefined;
  /** Undefined if nothing can cancel the attempt. */
  readonly signal: AbortSignal | undefined;
}

/** Key of an error that a hook threw. The error passes through the module under this key. */
export const HANDLED = Symbol("handled");

/** Sends an attempt of a call. `authorization` is its access token, if not empty. */
export function sendCall(settings: Settings, request: Request, attempt: number, authorization: string, signal: AbortSignal | undefined): Promise<Answer> {
  const { operation: { id, method }, url, headers, body, options } = request;
  const sent = authorization ? { ...headers, authorization } : { ...headers };
  return send(settings, { operation: id, attempt, tokenCall: false, options, method, url, headers: sent, body, signal });
}

/** Sends an attempt and reads its response. Follows redirects if the options permit it. */
export function send(settings: Settings, attempt: Attempt): Promise<Answer> {
  const most = attempt.options.redirects ?? settings.options.redirects ?? 0;
  return most > 0 ? follow(settings, attempt, most) : sendOnce(settings, attempt);
}

async function follow(settings: Settings, attempt: Attempt, most: number): Promise<Answer> {
  for (let followed = 0; ; followed++) {
    const answer = await sendOnce(settings, attempt);
    const next = redirected(attempt, answer);
    if (!next) return answer;
    if (followed >= most) throw refused(`more than ${most} redirects`);
    attempt = next;
  }
}

async function sendOnce(settings: Settings, attempt: Attempt): Promise<Answer> {
  const { fetch: own, onRequest, onResponse, credentials, logLevel } = settings.options;
  const { method, headers, body, signal, tokenCall, options } = attempt;
  let { url } = attempt;
  // The user's functions must not run inside the module.
  if (own || onRequest) await undefined;
  const seen = onRequest || onResponse ? shown(attempt) : undefined;
  if (onRequest && seen) {
    await hook(2, async () => {
      await onRequest(seen);
      if (seen.url !== url) url = checkUrl("url", seen.url, url).href;
    });
    seen.headers.forEach((value, name) => {
      if (name !== "authorization" || value !== REDACTED) headers[name] = value;
    });
    for (const name in headers) if (!seen.headers.has(name)) delete headers[name];
  }
  // Nothing is sent once the caller has given up.
  signal?.throwIfAborted();
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (signal) init.signal = signal;
  if (body !== undefined) init.body = body;
  if (credentials !== undefined) init.credentials = credentials;
  // Caches must not keep tokens.
  const { cache = settings.options.cache, next = settings.options.next } = options;
  if (cache !== undefined && !tokenCall) init.cache = cache;
  if (next !== undefined && !tokenCall) Object.assign(init, { next });
  const start = logLevel === "debug" ? performance.now() : 0;
  const fetch = own ?? globalThis.fetch;
  const response = await fetch(url, init);
  if (!isObject(response)) throw new SendFailure(4, "`fetch` returned no response");
  if (response.type === "error") throw new SendFailure(0, "`fetch` returned a network error");
  // The status of a redirect that the platform hides.
  if (response.status === 0) throw new SendFailure(4, "this platform hides redirects");
  const known: LogtoResponse = { status: response.status, headers: response.headers, url: response.url || url };
  if (onResponse && seen) {
    try {
      await hook(4, () => onResponse(known, seen));
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
  }
  const text = await read(response, options.maxResponseBytes ?? settings.options.maxResponseBytes ?? MAX_RESPONSE_BYTES);
  if (logLevel === "debug") {
    const time = Math.round(performance.now() - start);
    settings.log("debug", `${attempt.operation} ${method} ${shownUrl(url)} ${known.status} in ${time} ms, attempt ${attempt.attempt}`);
  }
  return { response: known, text, attempts: attempt.attempt };
}

const REDACTED = "[redacted]";

function shown({ method, url, headers, operation, attempt, tokenCall }: Attempt): HookRequest {
  const copy = new Headers(headers);
  if (copy.has("authorization")) copy.set("authorization", REDACTED);
  return { method, url, headers: copy, operation, attempt, tokenCall };
}

/** Runs a hook. If it throws, the call fails with the same error. */
async function hook(kind: number, run: () => Promise<void> | void): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new SendFailure(kind, "a hook threw", { [HANDLED]: error });
  }
}

/** Reads a body of at most `limit` bytes. */
async function read(response: Response, limit: number): Promise<string> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  const refuse = (): SendFailure => new SendFailure(1, `the response is larger than the allowed ${limit} bytes`);
  if (length > limit) {
    await response.body?.cancel();
    throw refuse();
  }
  try {
    // If the length of an uncompressed body is known, its bytes need no counting. Some platforms create a stream when
    // they are asked for the body.
    // Browsers hide the encoding of another origin's response.
    if ((length >= 0 && response.type !== "cors" && !response.headers.has("content-encoding")) || response.body === null) return await response.text();
    return await counted(response.body, limit, refuse);
  } catch (cause) {
    throw cause instanceof SendFailure ? cause : new SendFailure(3, "the response is incomplete", cause);
  }
}

async function counted(body: ReadableStream<Uint8Array>, limit: number, refuse: () => SendFailure): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > limit) {
      await reader.cancel();
      throw refuse();
    }
    text += decoder.decode(value, { stream: true });
  }
}

/**
 * Returns the attempt with the target of a redirect. Undefined if the answer is not a redirect that can be followed.
 * Redirects stay on the origin of the request, so the token and the headers never reach another one.
 */
function redirected(attempt: Attempt, { response: { status, headers: answered, url } }: Answer): Attempt | undefined {
  const location = answered.get("location");
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  const target = targetOf(location, url);
  if (target.origin !== new URL(url).origin) throw refused("a redirect to another origin is not followed");
  const next = { ...attempt, url: target.href, method: methodAfter(attempt.method, status) };
  if (next.method === attempt.method) return next;
  const headers = Object.entries(attempt.headers).filter(([name]) => !name.startsWith("content-"));
  return { ...next, headers: Object.fromEntries(headers), body: undefined };
}

/** Returns the method of the next request, as browsers choose it. */
function methodAfter(method: string, status: number): string {
  const isReplaced = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  return isReplaced ? "GET" : method;
}

function targetOf(location: string, url: string): URL {
  try {
    return checkUrl("location", location.replace(/#.*/s, ""), url);
  } catch {
    throw refused("the redirect leads to an invalid or unsupported URL");
  }
}

function refused(message: string): SendFailure {
  return new SendFailure(5, message);
}
