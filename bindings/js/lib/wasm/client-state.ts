/** State of a client in an instance. With its access token, calls start without the module. */
import type { Request } from "../request/attempt.js";
import { sendCall } from "../request/send.js";
import type { TokenAttempt } from "../request/token.js";
import type { Answer } from "../response/answer.js";
import type { Settings } from "../settings.js";

/** Maximum time without the module, in milliseconds. It might have renewed the token meanwhile. */
const LONGEST = 60_000;

/** An access token that the module has sent. JavaScript may start calls with it. */
export interface Grant {
  readonly authorization: string;
  /** Required caller of the operation: see {@link Operation.authentication}. */
  readonly authentication: string;
  /** Number of tokens that the client had before. */
  readonly tokens: number;
}

/** The first attempt of a call that started without the module. If it fails, the module continues with it. */
export interface FirstAttempt {
  readonly authorization: string;
  readonly answer: Promise<Answer>;
  /** Cancels the attempt. Undefined if it has no time limit and no signal. */
  readonly controller: AbortController | undefined;
  readonly start: number;
  /** Milliseconds until the call or this attempt takes too long. */
  readonly limit: number;
}

/** A client in an instance. Starts calls without the module, with the access token of an earlier call. */
export class ClientState {
  /** Last error of a token call or of `getToken`. */
  cause: unknown;
  /** Last answer of the token endpoint. */
  tokenAnswer: Answer | undefined;
  /** Token request that was sent before the module could ask for it. */
  begun: TokenAttempt | undefined;
  #grant: Grant | undefined;
  /** Time to ask the module again, on the monotonic clock in milliseconds. */
  #until = 0;
  /** End of the time in which the module starts all calls. Milliseconds of the monotonic clock. */
  #closedUntil = 0;
  #tokens = 0;

  constructor(readonly settings: Settings) {}

  /** Starts a call. Returns undefined if the module has to start it. */
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

  /** Returns the token that the module sends with an attempt. */
  grant(authorization: string, authentication: string): Grant {
    return { authorization, authentication, tokens: this.#tokens };
  }

  /** Discards the token, because the client has another one. Then {@link open} ignores calls with older tokens. */
  renewed(): void {
    this.#tokens += 1;
    this.close();
  }

  /**
   * Keeps the token of a successful call until it is due. Does nothing if the module must decide about every attempt.
   */
  open(grant: Grant, freshUntil: number): void {
    const { rateLimit, options } = this.settings;
    const now = performance.now();
    if (rateLimit || options.tokenStore || !grant.authorization || grant.tokens !== this.#tokens || now < this.#closedUntil) return;
    this.#grant = grant;
    this.#until = Math.min(freshUntil, now + LONGEST);
  }

  /** Lets the module start the next calls if it must renew the token or pause calls. */
  observe(status: number): void {
    if (status === 429) this.#closedUntil = performance.now() + LONGEST;
    if (status === 401 || status === 429) this.close();
  }

  /** Lets the module start the next call. */
  close(): void {
    this.#grant = undefined;
  }
}
