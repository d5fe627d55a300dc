/** The options of a call, and their checks. */
import { bad, checkedMembers } from "../checks.js";
import type { CallOptions, RetryTimes } from "../options.js";

/** Options of clients and calls, with the types of those that have a simple type. */
export const SHARED = {
  timeout: "number",
  totalTimeout: "number",
  headers: "",
  retries: "count",
  retry: "",
  redirects: "count",
  strict: "boolean",
  maxResponseBytes: "number",
  cache: "default|no-store|reload|no-cache|force-cache|only-if-cached",
  next: "object",
};

const CALL: Record<keyof CallOptions, string> = { ...SHARED, signal: "", idempotent: "boolean" };

/** Returns a copy of the options. */
export function checkedCallOptions(given: unknown): CallOptions {
  const options = checkedMembers<CallOptions>(given, CALL);
  const { signal, retry } = options;
  if (signal && typeof Reflect.get(Object(signal), "addEventListener") !== "function") throw bad("signal", "is not an AbortSignal");
  if (retry !== undefined) options.retry = checkedRetry(retry);
  return options;
}

export function checkedRetry(times: unknown): RetryTimes {
  return checkedMembers<RetryTimes>(times, { base: "number", longest: "number", total: "number" }, "retry");
}

/** Rejects options of the call at the place of the query. */
export function expectNoOptions(query: Record<string, unknown>): void {
  for (const name in CALL) if (name in query) throw bad(`query.${name}`, "is an option of the call: pass it after the query");
}
