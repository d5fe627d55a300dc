import type { CallOptions } from "../options.js";

/** Input of an untyped call. */
export interface CallInput {
  /** Path parameters by name. Each replaces `{name}` in the path. */
  path?: Record<string, string | number>;
  /** Query parameters by name. An array repeats its name. Null and undefined are not sent. */
  query?: Record<string, unknown> | undefined;
  /** Request body, which is sent as JSON unless the operation requires a form or a multipart body. */
  body?: unknown;
}

/** Input and options of a call. */
export interface Invocation extends CallInput {
  options: CallOptions;
}
