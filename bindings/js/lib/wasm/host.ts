/** The functions that the module calls: requests, timers, and the user's functions. */
import type { Token, TokenStore } from "../options.js";
import type { Request } from "../request/attempt.js";
import { describedFailure, SendFailure } from "../request/send-failure.js";
import { sendCall } from "../request/send.js";
import { sendTokenRequest } from "../request/token.js";
import { type Answer, isHtml, members } from "../response/answer.js";
import { type StopReason, TimeoutError } from "../response/errors.js";
import { retryAfter } from "../response/retry-after.js";
import { stringOf, textOf } from "../values.js";
import type { Within } from "./async-context.js";
import type { ClientState, FirstAttempt, Grant } from "./client-state.js";
import type { Exports, Host } from "./module.js";
import { key, NO_TOKEN, read, type StoredToken, write } from "./stored-token.js";

/** A call in progress. */
export interface PendingCall {
  /** The client. The reference prevents its release before the call has ended. */
  readonly owner: object;
  readonly state: ClientState;
  readonly within: Within;
  /** Undefined if the call only returns the access token. */
  readonly request?: Request;
  /** First attempt, if it started without the module. */
  first?: FirstAttempt | undefined;
  /** Token of the last attempt. */
  grant?: Grant | undefined;
  /** Answer to the last attempt. */
  answer?: Answer;
  /** Error of the last attempt. */
  cause?: unknown;
  /** Resolves the call, with the access token or an empty text. */
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
  /** Runs when the call has ended. */
  ended?: () => void;
}

/**
 * Reason why a call failed, as the module passes it. `ofToken` is 1 if the client got no access token. `stopReason` is the
 * reason why the call was not retried, or an empty text.
 */
export type FailedCall = [ofToken: number, kind: string, message: string, status: number, code: string, hint: string, attempts: number, stopReason: StopReason | ""];

/**
 * Jobs in progress: fetches, timers and functions of the user. The module numbers them; numbers are small and reused.
 */
export class Jobs {
  readonly #stops: ((() => void) | undefined)[] = [];
  readonly #enter: (run: (wasm: Exports) => void) => void;

  /** @param enter - Runs a function of the module. */
  constructor(enter: (run: (wasm: Exports) => void) => void) {
    this.#enter = enter;
  }

  /**
   * Adds a job.
   *
   * @param stop - Stops what the job waits for.
   * @returns A function that settles the job, unless it was cancelled.
   */
  start(job: number, stop: () => void): (settle: (wasm: Exports) => void) => void {
    this.#stops[job] = stop;
    return (settle) => {
      if (this.#stops[job] !== stop) return;
      this.#stops[job] = undefined;
      this.#enter(settle);
    };
  }

  cancel(job: number): void {
    const stop = this.#stops[job];
    this.#stops[job] = undefined;
    stop?.();
  }

  cancelAll(): void {
    for (const stop of this.#stops.splice(0)) stop?.();
  }
}

/** The part of the engine that the functions of the host use. */
export interface HostContext {
  readonly jobs: Jobs;
  /** Undefined once the client is released. */
  client(client: number): ClientState | undefined;
  pending(call: number): PendingCall | undefined;
  /** Resolves a call. Others may use its token until `freshUntil`, on the monotonic clock in milliseconds. */
  resolve(call: number, token: string, freshUntil: number): void;
  reject(call: number, failed: FailedCall): void;
}

/** Returns the functions that the module calls. */
export function host(context: HostContext): Host {
  const { jobs } = context;
  const inStore = (use: StoreFunction) => (job: number, client: number, ...given: unknown[]): boolean => useStore(context, job, client, (store, key) => use(store, key, ...given));
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    send: sendAttempt.bind(undefined, context),
    send_token: requestToken.bind(undefined, context),
    sleep: sleep.bind(undefined, jobs),
    fetch_token: fetchToken.bind(undefined, context),
    store_get: inStore(async (store, key) => read(await store.get(key)) ?? NO_TOKEN),
    store_set: inStore(async (store, key, token: string, lifetime: number, scope: string, missing: string) => {
      await store.set(key, write({ token, lifetime, age: 0, scope, missing }), lifetime < 0 ? undefined : lifetime);
    }),
    store_remove: inStore(async (store, key) => {
      await (store.delete ? store.delete(key) : store.set(key, "", undefined));
    }),
    store_lock: inStore(async (store, key, second: number, owner: string, seconds: number) => !store.tryLock || Boolean(await store.tryLock(lock(key, second), owner, seconds))),
    store_unlock: inStore(async (store, key, second: number, owner: string) => {
      await store.unlock?.(lock(key, second), owner);
    }),
    cancel: (job: number) => jobs.cancel(job),
    resolve: (call: number, freshUntil: number) => context.resolve(call, "", freshUntil),
    resolve_token: (call: number, token: string) => context.resolve(call, token, 0),
    reject: (call: number, ...failed: FailedCall) => context.reject(call, failed),
  };
}

/** Uses the token store: its key, and what the module passes. */
type StoreFunction = (store: TokenStore, key: string, ...given: any[]) => Promise<Result>;

function sendAttempt(context: HostContext, job: number, call: number, attempt: number, authorization: string): boolean {
  const pending = context.pending(call);
  if (!pending?.request) return false;
  const { first, state, request } = pending;
  Object.assign(pending, { cause: undefined, first: undefined, grant: state.grant(authorization, request.operation.authentication) });
  const controller = first ? first.controller : new AbortController();
  const answer = first ? first.answer : pending.within(() => sendCall(state.settings, request, attempt, authorization, controller?.signal));
  const answered = (answer: Answer, settle: Settle): void => {
    pending.answer = answer;
    const { status } = answer.response;
    state.observe(status);
    const { code = "", message = "" } = status < 400 ? {} : errorFields(answer.text);
    settle((wasm) => wasm.settle_answer(job, status, retryAfter(answer), isHtml(answer.response.headers), code, message));
  };
  exchange(context, job, controller, answer, answered, (cause) => (pending.cause = cause));
  return true;
}

function requestToken(context: HostContext, job: number, client: number, attempt: number): boolean {
  const state = context.client(client);
  if (!state) return false;
  state.cause = undefined;
  const { controller, answer } = state.begun ?? sendTokenRequest(state.settings, attempt);
  const answered = (answer: Answer, settle: Settle): void => {
    state.tokenAnswer = answer;
    const { error, error_description, access_token, expires_in, scope } = members(answer.text);
    const { status, headers } = answer.response;
    state.observe(status);
    if (status < 300) state.renewed();
    const isLifetime = typeof expires_in === "number" || typeof expires_in === "string";
    settle((wasm) =>
      wasm.settle_token_answer(
        job, status, retryAfter(answer), isHtml(headers), stringOf(error), stringOf(error_description), stringOf(access_token),
        expires_in !== undefined && expires_in !== null, isLifetime ? Number(expires_in) : NaN, typeof scope === "string", stringOf(scope),
      ),
    );
  };
  exchange(context, job, controller, answer, answered, (cause) => (state.cause = cause));
  return true;
}

/** Passes the answer to a request to `answered`. The module can cancel it with the controller. */
function exchange(
  { jobs }: HostContext,
  job: number,
  controller: AbortController | undefined,
  answer: Promise<Answer>,
  answered: (answer: Answer, settle: Settle) => void,
  failed: (cause: unknown) => void,
): void {
  const settle = jobs.start(job, () => controller?.abort());
  const fail = (kind: number, message: string, cause?: unknown): void =>
    settle((wasm) => {
      failed(cause);
      wasm.settle_failure(job, kind, message);
    });
  const report = (error: unknown): void => {
    const { kind, message, cause } = error instanceof SendFailure ? error : { kind: 0, message: describedFailure(error), cause: error };
    fail(kind, message, cause);
  };
  answer.then((answer) => answered(answer, settle), report).catch(() => fail(0, "`fetch` failed with an unreadable error"));
}

/** Maximum time of a timer of the platform, in milliseconds. */
const LONGEST_TIMER = 0x7fffffff;

function sleep(jobs: Jobs, job: number, milliseconds: number, background: number): boolean {
  let timer: ReturnType<typeof setTimeout>;
  const settle = jobs.start(job, () => clearTimeout(timer));
  const end = (): void => settle((wasm) => wasm.settle_done(job, true));
  const wait = (left: number): void => {
    timer = left > LONGEST_TIMER ? setTimeout(wait, LONGEST_TIMER, left - LONGEST_TIMER) : setTimeout(end, left);
    if (background) unref(timer);
  };
  wait(milliseconds);
  return true;
}

/** Calls the function of the user for access tokens. */
function fetchToken(context: HostContext, job: number, client: number): boolean {
  const state = context.client(client);
  if (!state) return false;
  const { options, timeout } = state.settings;
  state.cause = undefined;
  const fetched = async (): Promise<StoredToken> => tokenOf(await inTime(timeout, options.getToken?.()));
  runUserFunction(context.jobs, job, state, "`getToken` failed", fetched, (cause) => (state.cause = cause));
  return true;
}

/** Rejects if a function of the user takes longer than this, in milliseconds. 0 sets no limit. */
function inTime<T>(limit: number, result: T): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new TimeoutError(`it took longer than ${limit} ms`));
    const timer = limit && limit <= LONGEST_TIMER ? setTimeout(late, limit) : undefined;
    Promise.resolve(result).then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Checks what the function of the user returned. */
function tokenOf(returned: Token | string | undefined): StoredToken {
  const { accessToken, expiresIn } = typeof returned === "string" ? { accessToken: returned } : (returned ?? {});
  if (typeof accessToken !== "string" || accessToken === "") throw new TypeError("it returned neither a token nor an object with `accessToken`");
  // A number that is not a lifetime counts as a mistake, and not as none.
  const lifetime = expiresIn === undefined ? -1 : Number(expiresIn) >= 0 ? Number(expiresIn) : NaN;
  return { ...NO_TOKEN, token: accessToken, lifetime };
}

/** Uses the token store of the user. */
function useStore(context: HostContext, job: number, client: number, use: (store: TokenStore, key: string) => Promise<Result>): boolean {
  const state = context.client(client);
  const { tokenStore } = state?.settings.options ?? {};
  if (!state || !tokenStore) return false;
  const { settings } = state;
  const attempt = async (): Promise<Result> => {
    try {
      return await use(tokenStore, key(settings));
    } catch (error) {
      settings.log("warn", `the token store failed (${textOf(error)}); this instance uses its own token`);
      throw error;
    }
  };
  // The module gives up after two seconds.
  const cancelled = (): void => settings.log("warn", "the token store does not answer; this instance uses its own token");
  runUserFunction(context.jobs, job, state, "the token store failed", attempt, () => {}, cancelled);
  return true;
}

/** Runs a function of the user, but never inside the module. */
function runUserFunction(jobs: Jobs, job: number, state: ClientState, what: string, run: () => Promise<Result>, failed: (cause: unknown) => void, cancelled = (): void => {}): void {
  const settle = jobs.start(job, cancelled);
  const succeed = (result: Result): void => settle((wasm) => settleResult(wasm, job, state, result));
  const fail = (cause: unknown): void =>
    settle((wasm) => {
      failed(cause);
      wasm.settle_failure(job, 0, `${what}: ${textOf(cause)}`);
    });
  void Promise.resolve().then(run).then(succeed, fail);
}

function settleResult(wasm: Exports, job: number, state: ClientState, result: Result): void {
  if (typeof result !== "object") return wasm.settle_done(job, result !== false);
  const { token, lifetime, age, scope, missing } = result;
  state.renewed();
  wasm.settle_token(job, token, lifetime, age, scope, missing);
}

/** Result of a function of the user: a token, or false if it got no lock. */
type Result = StoredToken | boolean | void;

const lock = (key: string, second: number): string => (second ? `${key}:2` : key);

type Settle = ReturnType<Jobs["start"]>;

/** Returns code and message of an error. The message defaults to the start of the body. */
function errorFields(body: string): { code?: string; message?: string } {
  const { code, message, error_description, error } = members(body);
  const start = body.slice(0, 200).trim() || "the response has no body";
  return { code: stringOf(code), message: stringOf(message) || stringOf(error_description) || stringOf(error) || start };
}

declare const Deno: { unrefTimer(timer: number): void } | undefined;

/** Lets the process end while the timer is active. */
function unref(timer: number | { unref?(): void }): void {
  if (typeof timer === "object") timer.unref?.();
  else if (typeof Deno !== "undefined") Deno.unrefTimer(timer);
}
