import type { Request } from "../request/request.js";
import { sendCall } from "../request/send.js";
import type { Answer } from "../response/answer.js";
import type { Settings } from "../settings.js";

/** Longest time between two decisions of the module, in milliseconds. It may have renewed the token meanwhile. */
const LONGEST = 60_000;

/** An access token that the module has sent, and with which JavaScript may begin calls. */
export interface Grant {
  readonly authorization: string;
  /** Whose token the operation requires: see {@link Operation.authentication}. */
  readonly authentication: string;
  /** How many tokens the client has had. */
  readonly tokens: number;
}

/** The first attempt of a call, which begins without the module. The module goes on with it unless it succeeds. */
export interface FirstAttempt {
  readonly authorization: string;
  readonly answer: Promise<Answer>;
  /** Cancels the attempt. Undefined if it has no time limit and no signal. */
  readonly controller: AbortController | undefined;
  readonly start: number;
  /** Milliseconds until the call or this attempt takes too long. */
  readonly limit: number;
}

/** Starts calls of a client without the module, with the access token of an earlier call. */
export class Shortcut {
  #grant: Grant | undefined;
  /** When to ask the module again, on the monotonic clock in milliseconds. */
  #until = 0;
  /** Until when the module begins all calls, on the monotonic clock in milliseconds. */
  #closedUntil = 0;
  #tokens = 0;

  constructor(readonly settings: Settings) {}

  /** Starts a call. Returns undefined if the module has to begin it. */
  start(request: Request): FirstAttempt | undefined {
    const { operation, headers, options } = request;
    const { settings } = this;
    const grant = this.#grant;
    const start = performance.now();
    if (!grant || this.#until <= start || grant.authentication !== operation.authentication) return undefined;
    if (headers["authorization"] || headers["cookie"]) return undefined;
    const { authorization } = grant;
    const limits = [options.timeout ?? settings.timeout, options.totalTimeout ?? settings.options.totalTimeout ?? 0];
    const limit = Math.min(...limits.map((time) => time || Infinity));
    const controller = options.signal || limit < Infinity ? new AbortController() : undefined;
    const answer = sendCall(settings, request, 1, authorization, controller?.signal);
    return { authorization, answer, controller, start, limit };
  }

  /** Returns what the module sends with an attempt. */
  grant(authorization: string, authentication: string): Grant {
    return { authorization, authentication, tokens: this.#tokens };
  }

  /** Notes that the client has got another token. Calls with the one before do not open the shortcut any more. */
  renewed(): void {
    this.#tokens += 1;
    this.close();
  }

  /** Keeps the token of a call that has succeeded until it is due, unless the module must decide about every attempt. */
  open(grant: Grant, freshUntil: number): void {
    const { rateLimit, options } = this.settings;
    const now = performance.now();
    if (rateLimit || options.tokenStore || !grant.authorization || grant.tokens !== this.#tokens || now < this.#closedUntil) return;
    this.#grant = grant;
    this.#until = Math.min(freshUntil, now + LONGEST);
  }

  /** Lets the module begin calls if it has to replace the token, or to stop calls for a while. */
  observe(status: number): void {
    if (status === 429) this.#closedUntil = performance.now() + LONGEST;
    if (status === 401 || status === 429) this.close();
  }

  /** Lets the module begin the next call. */
  close(): void {
    this.#grant = undefined;
  }
}
