import type { Answer } from "./answer.js";

/** Returns `Retry-After`, which can be a date, in seconds. NaN if it is absent or invalid. */
export function retryAfter({ response }: Answer): number {
  const value = response.headers.get("retry-after") ?? "";
  if (/^ *\d+ *$/.test(value)) return Math.min(Number(value), 2 ** 32 - 1);
  return /^\w+, .* GMT$/.test(value) ? Math.max(0, Math.ceil((Date.parse(value) - Date.now()) / 1000)) : NaN;
}
