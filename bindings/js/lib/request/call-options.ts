/** The options of a call, and their checks. */
import { bad, checkMembers } from "../checks.js";
import type { CallOptions } from "../options.js";

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
