/** Sends requests: hooks and `fetch`. */
import { checkUrl } from "../checks.js";
import { MAX_RESPONSE_BYTES } from "../defaults.js";
import type { HookRequest } from "../options.js";
import { type Answer, type LogtoResponse, shown as shownUrl } from "../response/answer.js";
import { discard, readBody } from "../response/read-body.js";
import type { Settings } from "../settings.js";
import { isObject } from "../values.js";
import type { Attempt, Request } from "./attempt.js";
import { redirected, refused } from "./redirect.js";
import { SendFailure } from "./send-failure.js";

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
  if (typeof response?.status !== "number" || !isObject(response.headers)) throw new SendFailure(4, "`fetch` returned no response");
  if (response.type === "error") throw new SendFailure(0, "`fetch` returned a network error");
  // The status of a redirect that the platform hides.
  if (response.status === 0) throw new SendFailure(4, "this platform hides redirects");
  const known: LogtoResponse = { status: response.status, headers: response.headers, url: response.url || url };
  if (onResponse && seen) {
    try {
      await hook(4, () => onResponse(known, seen));
    } catch (error) {
      discard(response);
      throw error;
    }
  }
  const text = await readBody(response, options.maxResponseBytes ?? settings.options.maxResponseBytes ?? MAX_RESPONSE_BYTES);
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
