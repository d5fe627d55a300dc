import { printable } from "./printable.js";

/** What an error tells beside its message. */
export interface ErrorDetails {
  /** The HTTP status, if there was an answer. */
  status?: number | undefined;
  /** Logto's code, such as `entity.not_found`, or the token endpoint's `error`, such as `invalid_client`. */
  code?: string | undefined;
  /** Logto's `data`: for a refused body the issues, otherwise whatever belongs to the code. */
  data?: unknown;
  /** Logto's further explanation. */
  details?: string | undefined;
  /** The id that Logto gave the request; its log lines carry it. */
  requestId?: string | undefined;
  /** What to do about it, for the usual mistakes. */
  hint?: string | undefined;
  /** The operation's id, such as `GetUser`. */
  operation?: string | undefined;
  /** How often the request was sent. */
  attempts?: number | undefined;
  /** Why it was not tried again. */
  stopReason?: StopReason | undefined;
  /** What caused it. */
  cause?: unknown;
}

/**
 * Why a request was not tried again: the answer is `final`, the request may have been carried out and is
 * `not-idempotent`, it was tried as often as allowed (`attempts`), or the next attempt would have begun too late (`time`).
 */
export type StopReason = "final" | "not-idempotent" | "attempts" | "time";

const KINDS = Symbol.for("logto-admin.errors");

/** Whatever goes wrong with a call. Its classes tell what; `instanceof` works across copies of the package. */
export class LogtoError extends Error {
  declare readonly status: number | undefined;
  declare readonly code: string | undefined;
  declare readonly data: unknown;
  declare readonly details: string | undefined;
  declare readonly requestId: string | undefined;
  declare readonly hint: string | undefined;
  declare readonly operation: string | undefined;
  declare readonly attempts: number | undefined;
  declare readonly stopReason: StopReason | undefined;

  /** @internal */
  static readonly kind: string = "LogtoError";

  constructor(message: string, { cause, ...details }: ErrorDetails = {}) {
    super(printable(message), cause === undefined ? undefined : { cause });
    Object.assign(this, details);
    const own = new.target.kind;
    // Minifiers rename classes; these names stay.
    Object.defineProperty(this, "name", { value: own, configurable: true, writable: true });
    Object.defineProperty(this, KINDS, { value: kinds(new.target) });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    const found = typeof value === "object" && value !== null && (value as { [KINDS]?: string[] })[KINDS];
    return Array.isArray(found) && found.includes(this.kind);
  }
}

function kinds(of: typeof LogtoError): string[] {
  return of.kind === "LogtoError" ? [of.kind] : [of.kind, ...kinds(Object.getPrototypeOf(of) as typeof LogtoError)];
}

/** The API does not accept the access token (401), none could be had, or the operation wants another kind of caller. */
export class AuthenticationError extends LogtoError {
  static override readonly kind: string = "AuthenticationError";
}

/** The access token does not permit it (403). */
export class PermissionError extends LogtoError {
  static override readonly kind: string = "PermissionError";
}

/** What was asked for does not exist (404). */
export class NotFoundError extends LogtoError {
  static override readonly kind: string = "NotFoundError";
}

/** It is in conflict with what there is (409). */
export class ConflictError extends LogtoError {
  static override readonly kind: string = "ConflictError";
}

/** The server refuses the request's form (400) or content (422). */
export class UnprocessableError extends LogtoError {
  static override readonly kind: string = "UnprocessableError";
}

/** Too many requests or messages (429). */
export class RateLimitError extends LogtoError {
  static override readonly kind: string = "RateLimitError";
}

/** The server failed (500 and above). */
export class ServerError extends LogtoError {
  static override readonly kind: string = "ServerError";
}

/** There was no answer, or not the whole of it. The request may have been carried out. */
export class ConnectionError extends LogtoError {
  static override readonly kind: string = "ConnectionError";
}

/** Time ran out. The request may have been carried out. */
export class TimeoutError extends ConnectionError {
  static override readonly kind: string = "TimeoutError";
}

/** The caller's signal stopped the call; `cause` is the signal's reason. */
export class AbortError extends LogtoError {
  static override readonly kind: string = "AbortError";
}

/** The answer is not what it should be. */
export class DecodeError extends LogtoError {
  static override readonly kind: string = "DecodeError";
}

/** A webhook's signature does not fit its body and the key. */
export class WebhookError extends LogtoError {
  static override readonly kind: string = "WebhookError";
}

/** The class for an answer's status. */
export function classOfStatus(status: number): typeof LogtoError {
  switch (status) {
    case 400:
    case 422:
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
