import { CONFLICT } from "../defaults.js";
import { printable } from "./printable.js";

/** Members of an error besides its message: see {@link LogtoError}. */
export interface ErrorDetails {
  status?: number | undefined;
  code?: string | undefined;
  data?: unknown;
  details?: string | undefined;
  headers?: Headers | undefined;
  retryAfter?: number | undefined;
  requestId?: string | undefined;
  hint?: string | undefined;
  operation?: string | undefined;
  attempts?: number | undefined;
  stopReason?: StopReason | undefined;
  cause?: unknown;
}

/**
 * Reason why a request was not sent again.
 *
 * - `final`: a retry would not change the response.
 * - `not-idempotent`: the server might have processed the request, and the operation is not idempotent.
 * - `attempts`: the maximum number of retries was reached.
 * - `time`: the next attempt would have started too late.
 */
export type StopReason = "final" | "not-idempotent" | "attempts" | "time";

const KINDS = Symbol.for("logto-admin.errors");

/**
 * Failure of a call. Its subclasses distinguish the reasons. `instanceof` also works if there are several copies of the
 * package. `cause` is the error that caused this one, if there is one.
 */
export class LogtoError extends Error {
  /** HTTP status. Undefined if there was no response. */
  declare readonly status: number | undefined;
  /**
   * Logto's error code, such as `entity.not_found`. Errors of the token endpoint have its code, such as
   * `invalid_client`.
   */
  declare readonly code: string | undefined;
  /** Logto's `data`. For an invalid body, it contains the issues; otherwise it depends on the code. */
  declare readonly data: unknown;
  /** Logto's `details`, which explain the error further. */
  declare readonly details: string | undefined;
  /** Headers of the response. Undefined without a response. */
  declare readonly headers: Headers | undefined;
  /** Seconds that the server asked to wait before the next request (`Retry-After`). */
  declare readonly retryAfter: number | undefined;
  /** Id that Logto assigned to the request. Logto's log lines contain it. */
  declare readonly requestId: string | undefined;
  /** How to fix common mistakes. */
  declare readonly hint: string | undefined;
  /** Operation id, such as `GetUser`. */
  declare readonly operation: string | undefined;
  /** Number of times that the request was sent. */
  declare readonly attempts: number | undefined;
  /** Reason why the request was not sent again. */
  declare readonly stopReason: StopReason | undefined;

  /** @internal */
  static readonly kind: string = "LogtoError";

  constructor(message: string, { cause, ...details }: ErrorDetails = {}) {
    super(printable(message), cause === undefined ? undefined : { cause });
    Object.assign(this, details);
    // Logs print the members of an error that are enumerable. Headers and data might contain cookies and personal data.
    const hidden = { enumerable: false };
    // Minifiers rename classes. The name stays.
    const name = { value: new.target.kind, configurable: true, writable: true };
    Object.defineProperties(this, { headers: hidden, data: hidden, name, [KINDS]: { value: kinds(new.target) } });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class of the user inherits the kind, but distinguishes its own objects.
    if (!Object.hasOwn(this, "kind")) return Function.prototype[Symbol.hasInstance].call(this, value);
    const found = typeof value === "object" && value !== null && KINDS in value && value[KINDS];
    return Array.isArray(found) && found.includes(this.kind);
  }
}

function kinds(of: typeof LogtoError): string[] {
  return of.kind === "LogtoError" ? [of.kind] : [of.kind, ...kinds(Object.getPrototypeOf(of))];
}

/**
 * The API rejected the access token (401), or no access token could be obtained. Also thrown if the operation requires
 * another kind of caller.
 */
export class AuthenticationError extends LogtoError {
  static override readonly kind: string = "AuthenticationError";
}

/** The access token lacks the permission (403). */
export class PermissionError extends LogtoError {
  static override readonly kind: string = "PermissionError";
}

/** The requested entity does not exist (404). */
export class NotFoundError extends LogtoError {
  static override readonly kind: string = "NotFoundError";
}

/** The server rejected the form (400) or the content (422) of the request. */
export class UnprocessableError extends LogtoError {
  static override readonly kind: string = "UnprocessableError";
}

/**
 * An entity with this name, address or id already exists. The status is 409, or 422 with a code such as
 * `user.username_already_in_use`.
 */
export class ConflictError extends UnprocessableError {
  static override readonly kind: string = "ConflictError";
}

/** Too many requests or messages (429). */
export class RateLimitError extends LogtoError {
  static override readonly kind: string = "RateLimitError";
}

/** The server failed (500 and above). */
export class ServerError extends LogtoError {
  static override readonly kind: string = "ServerError";
}

/** The client is restricted to other operations. Nothing was sent. */
export class RestrictedError extends LogtoError {
  static override readonly kind: string = "RestrictedError";
}

/** There was no response, or an incomplete one. The server might have processed the request. */
export class ConnectionError extends LogtoError {
  static override readonly kind: string = "ConnectionError";
}

/** An attempt or the call took too long. The server might have processed the request. */
export class TimeoutError extends ConnectionError {
  static override readonly kind: string = "TimeoutError";
}

/** Your signal aborted the call. `cause` is the signal's reason. */
export class AbortError extends LogtoError {
  static override readonly kind: string = "AbortError";
}

/** The response has an unexpected form, or is larger than `maxResponseBytes`. */
export class DecodeError extends LogtoError {
  static override readonly kind: string = "DecodeError";
}

/** The signature of a webhook is missing or wrong, or its body is not an event. */
export class WebhookError extends LogtoError {
  static override readonly kind: string = "WebhookError";
}

/** Returns the class of errors with this status and Logto's code. */
export function classOfStatus(status: number, code = ""): typeof LogtoError {
  switch (status) {
    case 422:
      return CONFLICT.test(code) ? ConflictError : UnprocessableError;
    case 400:
      return UnprocessableError;
    case 401:
      return AuthenticationError;
    case 403:
      return PermissionError;
    case 404:
      return NotFoundError;
    case 409:
      return ConflictError;
    case 429:
      return RateLimitError;
    default:
      return status >= 500 ? ServerError : LogtoError;
  }
}
