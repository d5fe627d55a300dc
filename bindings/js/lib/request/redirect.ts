/** Redirects: where they lead, and which are followed. */
import { checkUrl } from "../checks.js";
import type { Answer } from "../response/answer.js";
import type { Attempt } from "./attempt.js";
import { SendFailure } from "./send-failure.js";

/**
 * Returns the attempt with the target of a redirect. Undefined if the answer is not a redirect that can be followed.
 * Redirects stay on the origin of the request, so the token and the headers never reach another one.
 */
export function redirected(attempt: Attempt, { response: { status, headers: answered, url } }: Answer): Attempt | undefined {
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

export function refused(message: string): SendFailure {
  return new SendFailure(5, message);
}
