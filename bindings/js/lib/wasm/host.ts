import { textOf } from "../request/checks.js";
import { SendFailure } from "../request/attempt.js";
import { send, sendCall } from "../request/send.js";
import { tokenRequest } from "../request/token.js";
import { type Answer, isHtml, members, retryAfter, shown } from "../response/answer.js";
import type { TokenStore } from "../options.js";
import type { Shortcut } from "./shortcut.js";
import type { Exports, Host } from "./module.js";
import type { Operations } from "./operations.js";
import { key, read, type StoredToken, write } from "./record.js";
import type { FailedCall, PendingCall } from "./pending.js";

/** What the functions of the host need from the engine. */
export interface HostContext {
  readonly operations: Operations;
  /** Undefined once the client is released. */
  client(client: number): Shortcut | undefined;
  pending(call: number): PendingCall | undefined;
  /** Until `freshUntil`, on the monotonic clock in milliseconds, other calls may use the token of this one. */
  resolve(call: number, token: string, freshUntil: number): void;
  reject(call: number, failed: FailedCall): void;
}

/** Returns the functions that the module calls. */
export function host(context: HostContext): Host {
  const { operations } = context;
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    send: (operation: number, call: number, attempt: number, authorization: string) => sendAttempt(context, operation, call, attempt, authorization),
    send_token: (operation: number, client: number, attempt: number) => sendTokenRequest(context, operation, client, attempt),
    sleep: (operation: number, milliseconds: number, background: number) => sleep(operations, operation, milliseconds, background),
    fetch_token: (operation: number, client: number) => fetchToken(context, operation, client),
    store_get: (operation: number, client: number) =>
      store(context, operation, client, async (store, key) => read(await store.get(key)) ?? NONE, (wasm, token) => settleToken(wasm, operation, token)),
    store_set: (operation: number, client: number, token: string, lifetime: number, scope: string, missing: string) =>
      store(context, operation, client, async (store, key) => {
        await store.set(key, write({ token, lifetime, age: 0, scope, missing }), lifetime < 0 ? undefined : lifetime);
      }),
    store_remove: (operation: number, client: number) =>
      store(context, operation, client, async (store, key) => {
        await (store.delete ? store.delete(key) : store.set(key, "", undefined));
      }),
    store_lock: (operation: number, client: number, second: number, owner: string, seconds: number) =>
      store(context, operation, client, async (store, key) => !store.tryLock || Boolean(await store.tryLock(lock(key, second), owner, seconds))),
    store_unlock: (operation: number, client: number, second: number, owner: string) =>
      store(context, operation, client, async (store, key) => {
        await store.unlock?.(lock(key, second), owner);
      }),
    cancel: (operation: number) => operations.cancel(operation),
    resolve: (call: number, freshUntil: number) => context.resolve(call, "", freshUntil),
    resolve_token: (call: number, token: string) => context.resolve(call, token, 0),
    reject: (call: number, ofToken: number, kind: string, message: string, status: number, code: string, hint: string, attempts: number, stopReason: string) =>
      context.reject(call, { ofToken: ofToken !== 0, kind, message, status, code, hint, attempts, stopReason }),
  };
}

function sendAttempt(context: HostContext, operation: number, call: number, attempt: number, authorization: string): boolean {
  const pending = context.pending(call);
  if (!pending?.request) return false;
  const { first, shortcut, request } = pending;
  Object.assign(pending, { cause: undefined, first: undefined, grant: shortcut.grant(authorization, request.operation.authentication) });
  const controller = first ? first.controller : new AbortController();
  const answer = first ? first.answer : sendCall(shortcut.settings, request, attempt, authorization, controller?.signal);
  const answered = (answer: Answer, settle: Settle): void => {
    pending.answer = answer;
    const { status } = answer.response;
    shortcut.observe(status);
    const { code = "", message = "" } = status < 400 ? {} : errorFields(answer.text);
    settle((wasm) => wasm.settle_answer(operation, status, retryAfter(answer), isHtml(answer.response.headers), code, message));
  };
  exchange(context, operation, controller, answer, answered, (cause) => (pending.cause = cause));
  return true;
}

function sendTokenRequest(context: HostContext, operation: number, client: number, attempt: number): boolean {
  const shortcut = context.client(client);
  if (!shortcut) return false;
  const { settings } = shortcut;
  settings.cause = undefined;
  const controller = new AbortController();
  const { signal } = controller;
  const answer = async (): Promise<Answer> => {
    const { authorization, body } = await tokenRequest(settings);
    const headers = { ...settings.tokenHeaders, "content-type": "application/x-www-form-urlencoded", authorization };
    const url = `${settings.url}/oidc/token`;
    return send(settings, { operation: "OidcToken", attempt, tokenCall: true, options: {}, method: "POST", url, headers, body, signal });
  };
  const answered = (answer: Answer, settle: Settle): void => {
    settings.tokenAnswer = answer;
    const { error, error_description, access_token, expires_in, scope } = members(answer.text);
    const { status, headers } = answer.response;
    shortcut.observe(status);
    if (status < 300) shortcut.renewed();
    const isLifetime = typeof expires_in === "number" || typeof expires_in === "string";
    settle((wasm) =>
      wasm.settle_token_answer(
        operation, status, retryAfter(answer), isHtml(headers), text(error), text(error_description), text(access_token),
        expires_in !== undefined && expires_in !== null, isLifetime ? Number(expires_in) : NaN, typeof scope === "string", text(scope),
      ),
    );
  };
  exchange(context, operation, controller, answer(), answered, (cause) => (settings.cause = cause));
  return true;
}

/** Passes the answer to a request to `answered`. The module can cancel it with the controller. */
function exchange(
  { operations }: HostContext,
  operation: number,
  controller: AbortController | undefined,
  answer: Promise<Answer>,
  answered: (answer: Answer, settle: Settle) => void,
  failed: (cause: unknown) => void,
): void {
  const settle = operations.start(operation, () => controller?.abort());
  answer.then(
    (answer) => answered(answer, settle),
    (error: unknown) => {
      const { kind, message, cause } = error instanceof SendFailure ? error : { kind: 0, message: described(error), cause: error };
      settle((wasm) => {
        failed(cause);
        wasm.settle_failure(operation, kind, message);
      });
    },
  );
}

function sleep(operations: Operations, operation: number, milliseconds: number, background: number): boolean {
  let timer: ReturnType<typeof setTimeout>;
  const settle = operations.start(operation, () => clearTimeout(timer));
  const wait = (left: number): void => {
    const step = Math.min(left, 0x7fffffff);
    timer = setTimeout(() => (left > step ? wait(left - step) : settle((wasm) => wasm.settle_done(operation, true))), step);
    if (background) unref(timer);
  };
  wait(milliseconds);
  return true;
}

/** Calls the function of the user for access tokens. */
function fetchToken(context: HostContext, operation: number, client: number): boolean {
  const shortcut = context.client(client);
  if (!shortcut) return false;
  const { settings } = shortcut;
  settings.cause = undefined;
  const run = async (): Promise<StoredToken> => {
    const token = await settings.options.getToken?.();
    const { accessToken, expiresIn } = typeof token === "string" ? { accessToken: token } : (token ?? {});
    if (typeof accessToken !== "string" || accessToken === "") throw new TypeError("it returned no token");
    // A number that is not a lifetime counts as a mistake, and not as none.
    const lifetime = expiresIn === undefined ? -1 : Number(expiresIn) >= 0 ? Number(expiresIn) : NaN;
    return { ...NONE, token: accessToken, lifetime };
  };
  const ended = (wasm: Exports, token: StoredToken): void => {
    shortcut.renewed();
    settleToken(wasm, operation, token);
  };
  ask(context, operation, "`getToken` failed", run, ended, (cause) => (settings.cause = cause));
  return true;
}

/** Uses the token store of the user. */
function store<T>(
  context: HostContext,
  operation: number,
  client: number,
  run: (store: TokenStore, key: string) => T | Promise<T>,
  ended = (wasm: Exports, value: T): void => wasm.settle_done(operation, value !== false),
): boolean {
  const settings = context.client(client)?.settings;
  const { tokenStore } = settings?.options ?? {};
  if (!settings || !tokenStore) return false;
  const attempt = async (): Promise<T> => {
    try {
      return await run(tokenStore, key(settings));
    } catch (error) {
      settings.log("warn", `the token store failed (${textOf(error)}); this instance uses its own token`);
      throw error;
    }
  };
  // The module gives up after two seconds.
  const cancelled = (): void => settings.log("warn", "the token store does not answer; this instance uses its own token");
  ask(context, operation, "the token store failed", attempt, ended, undefined, cancelled);
  return true;
}

/** Runs a function of the user, but never inside the module. */
function ask<T>(
  { operations }: HostContext,
  operation: number,
  what: string,
  run: () => Promise<T>,
  ended: (wasm: Exports, value: T) => void,
  failed?: (cause: unknown) => void,
  cancelled = (): void => {},
): void {
  const settle = operations.start(operation, cancelled);
  void Promise.resolve()
    .then(run)
    .then(
      (value) => settle((wasm) => ended(wasm, value)),
      (cause: unknown) =>
        settle((wasm) => {
          failed?.(cause);
          wasm.settle_failure(operation, 0, `${what}: ${textOf(cause)}`);
        }),
    );
}

function settleToken(wasm: Exports, operation: number, { token, lifetime, age, scope, missing }: StoredToken): void {
  wasm.settle_token(operation, token, lifetime, age, scope, missing);
}

/** Returns the text of a failed fetch. Node keeps the code and the address of the server in the cause. */
function described(error: unknown): string {
  const { cause } = (error ?? {}) as { cause?: { message?: string; errors?: { message?: string }[] } };
  const reason = cause?.message || cause?.errors?.[0]?.message;
  // Some platforms repeat the URL, with its query.
  return `${textOf(error)}${reason ? `: ${reason}` : ""}`.replace(/https?:\/\/[^\s)"']+/g, shown);
}

const NONE: StoredToken = { token: "", lifetime: -1, age: -1, scope: "", missing: "" };

const lock = (key: string, second: number): string => (second ? `${key}:2` : key);

type Settle = ReturnType<Operations["start"]>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Returns code and message of an error. The message defaults to the start of the body. */
function errorFields(body: string): { code?: string; message?: string } {
  const { code, message, error_description, error } = members(body);
  const start = body.slice(0, 200).trim() || "the response has no body";
  return { code: text(code), message: text(message) || text(error_description) || text(error) || start };
}

/** Lets the process end while the timer is active. */
function unref(timer: unknown): void {
  const deno = (globalThis as { Deno?: { unrefTimer(timer: unknown): void } }).Deno;
  if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  else deno?.unrefTimer(timer);
}
