import { load, userAgent } from "#loader";
import type { LogtoResponse } from "./answer.js";
import { AuthenticationError, classOfStatus, ConnectionError, DecodeError, LogtoError, type StopReason, TimeoutError } from "./errors.js";
import { exchange, Failure } from "./exchange.js";
import { instantiate, type Exports, type Host } from "./instance.js";
import type { Operation } from "./operation.js";
import { Slots } from "./slots.js";
import { HANDLED, type State } from "./state.js";

/** What is sent for a call, but for what the module adds. */
export interface Request {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | undefined;
}

/** A call under way. */
export interface Pending extends Request {
  readonly state: State;
  /** Tells how the call ended: with what the host knows of it by then, or with the access token. */
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  response: LogtoResponse | undefined;
  text: string;
  /** What stopped or disturbed an attempt last. */
  cause: unknown;
}

/** An instance of the module, and all that is under way in it. */
export class Engine {
  readonly exports: Exports;
  readonly #calls = new Slots<Pending>();
  /** By the module's numbers, which are small and used again. */
  readonly #operations: ((() => void) | undefined)[] = [];
  readonly #clients = new Map<number, State>();

  constructor(module: WebAssembly.Module) {
    this.exports = instantiate(module, this.#host());
  }

  /** Adds a client, and gives its number. */
  add(state: State): number {
    return this.enter((wasm) => {
      const client = wasm.reserve();
      this.#clients.set(client, state);
      const { options: o } = state;
      const limit = o.rateLimit ?? state.usualLimit;
      wasm.configure(
        client,
        state.url,
        state.resource,
        o.scope ?? "all",
        o.appId ?? "",
        o.appSecret ?? "",
        o.getToken !== undefined,
        o.tokenStore !== undefined,
        o.timeout === 0 ? -1 : (o.timeout ?? 30_000),
        o.totalTimeout === 0 ? -1 : o.totalTimeout,
        o.retries,
        limit ? limit.requests : 0,
        limit ? limit.per : undefined,
        o.credentials === "include",
        isolated(),
      );
      return client;
    });
  }

  release(client: number): void {
    this.#clients.delete(client);
    this.quietly((wasm) => wasm.release(client));
  }

  /** Begins a call: `start` gives the number by which it can be stopped. Gives the function that stops it. */
  begin(pending: Pending, start: (wasm: Exports, call: number) => number): () => void {
    const call = this.#calls.add(pending);
    const task = this.enter((wasm) => start(wasm, call));
    return () => {
      if (this.#calls.at(call) !== pending) return;
      this.#calls.take(call);
      this.quietly((wasm) => wasm.cancel(task));
    };
  }

  /** Runs something of the module. If that traps, the instance is given up, and all that is under way in it fails. */
  enter<T>(run: (wasm: Exports) => T): T {
    try {
      return run(this.exports);
    } catch (cause) {
      this.#giveUp(cause);
      throw broken(cause);
    }
  }

  /** The same, where nobody waits for what it gives: whoever waits for something else has been told of a trap. */
  quietly(run: (wasm: Exports) => void): void {
    try {
      this.enter(run);
    } catch {
      // Told.
    }
  }

  #giveUp(cause: unknown): void {
    if (current === this) current = undefined;
    for (const stop of this.#operations.splice(0)) stop?.();
    for (const call of this.#calls.clear()) call.reject(broken(cause));
  }

  /** Ends an operation, unless nobody waits for it any longer. */
  #settle(operation: number, stop: () => void, number: number, text = "", body = "", retryAfter?: number): void {
    if (this.#operations[operation] !== stop) return;
    this.#operations[operation] = undefined;
    this.quietly((wasm) => wasm.settle(operation, number, text, body, retryAfter));
  }

  /** Runs what the user gave, never inside of the module; what it throws becomes the operation's failure. */
  #ask(operation: number, state: State | undefined, what: string, ask: () => Promise<[number, string]>): void {
    const stop = (): void => {};
    this.#operations[operation] = stop;
    const failed = (cause: unknown): void => {
      if (state) state.cause = cause;
      this.#settle(operation, stop, -1, `${what}: ${String(cause)}`);
    };
    void Promise.resolve()
      .then(ask)
      .then(([number, text]) => this.#settle(operation, stop, number, text), failed);
  }

  #host(): Host {
    return {
      now: [[], () => Date.now()],
      monotonic: [[], () => performance.now()],
      random: [[], () => Math.random()],
      send: [[3, 4, 5], (operation: number, client: number, call: number, url: string, lines: string, body: string) => {
        const state = this.#clients.get(client) as State;
        const tokenCall = url !== "";
        const pending = tokenCall ? undefined : this.#calls.at(call);
        const controller = new AbortController();
        const stop = (): void => controller.abort();
        this.#operations[operation] = stop;
        // Most calls have the headers of the one before.
        if (lines !== state.lines) [state.lines, state.added] = [lines, fields(lines)];
        exchange(state, {
          operation: pending?.operation.id ?? "OidcToken",
          attempt: pending ? ++pending.attempts : 1,
          tokenCall,
          method: pending?.operation.method ?? "POST",
          url: pending?.url ?? url,
          headers: { ...state.added, ...pending?.headers },
          body: tokenCall ? body : pending?.body,
          signal: controller.signal,
        }).then(
          ({ response, text }) => {
            const { status, headers } = response;
            if (pending) {
              pending.response = response;
              pending.text = text;
            }
            if (status < 400 && !tokenCall) return this.#settle(operation, stop, status);
            this.#settle(operation, stop, status, headers.get("content-type") ?? "", members(text), seconds(headers.get("retry-after") ?? ""));
          },
          (error: unknown) => {
            const failure = error instanceof Failure ? error : new Failure(0, String(error), error);
            if (pending) pending.cause = failure.cause;
            else state.cause = failure.cause;
            this.#settle(operation, stop, failure.kind, failure.message);
          },
        );
      }],
      sleep: [[], (operation: number, milliseconds: number, background: number) => {
        let timer: ReturnType<typeof setTimeout>;
        const stop = (): void => clearTimeout(timer);
        const wait = (left: number): void => {
          const step = Math.min(left, 0x7fffffff);
          timer = setTimeout(() => (left > step ? wait(left - step) : this.#settle(operation, stop, 0)), step);
          if (background) unref(timer);
        };
        this.#operations[operation] = stop;
        wait(milliseconds);
        return true;
      }],
      token: [[], (operation: number, client: number) => {
        const state = this.#clients.get(client);
        this.#ask(operation, state, "`getToken` failed", async () => {
          const token = await state?.options.getToken?.();
          const { accessToken, expiresIn = 0 } = typeof token === "string" ? { accessToken: token } : (token ?? {});
          if (typeof accessToken !== "string" || accessToken === "") throw new TypeError("it gave no token");
          return [expiresIn, accessToken];
        });
        return true;
      }],
      store: [[3, 4], (operation: number, client: number, kind: number, key: string, value: string, seconds: number) => {
        const state = this.#clients.get(client);
        this.#ask(operation, state, "the token store failed", async () => {
          const store = state?.options.tokenStore;
          try {
            if (kind === 0) return [0, (await store?.get(key)) ?? ""];
            if (kind === 2 && store?.delete) await store.delete(key);
            else await store?.set(key, value, seconds || undefined);
          } catch (error) {
            state?.log("warn", `the token store failed (${String(error)}); this instance uses a token of its own`);
            throw error;
          }
          return [0, ""];
        });
      }],
      cancel: [[], (operation: number) => {
        const stop = this.#operations[operation];
        this.#operations[operation] = undefined;
        stop?.();
      }],
      done: [[1], (call: number, token: string) => this.#calls.take(call)?.resolve(token)],
      failed: [[1, 2, 4, 5, 7], (call: number, kind: string, message: string, status: number, code: string, hint: string, attempts: number, stopReason: string) => {
        const pending = this.#calls.take(call);
        pending?.reject(failure(pending, { kind, message, status, code, hint, attempts, stopReason }));
      }],
    };
  }
}

interface Failed {
  kind: string;
  message: string;
  status: number;
  code: string;
  hint: string;
  attempts: number;
  stopReason: string;
}

/** The error of a call that the module says has failed. */
function failure({ state, operation, response, text, cause }: Pending, failed: Failed): unknown {
  const { kind, status } = failed;
  const reason = kind === "token" ? state.cause : cause;
  // What a hook threw reaches the caller as it is.
  if (reason instanceof Object && HANDLED in reason) return (reason as { [HANDLED]: unknown })[HANDLED];
  const api = kind === "api";
  const body = (api && parsed(text)) || {};
  const known = { status: status || undefined, code: failed.code || undefined };
  const label = [operation.id + ":", known.status, known.code && known.code + ":", failed.message];
  return new (classOf(kind, status))(label.filter(Boolean).join(" "), {
    ...known,
    data: body["data"],
    details: typeof body["details"] === "string" ? body["details"] : undefined,
    requestId: (api && response?.headers.get("logto-core-request-id")) || undefined,
    hint: failed.hint || undefined,
    operation: operation.id,
    attempts: failed.attempts,
    stopReason: (failed.stopReason as StopReason) || undefined,
    cause: reason,
  });
}

function classOf(kind: string, status: number): typeof LogtoError {
  switch (kind) {
    case "api":
      return classOfStatus(status);
    case "token":
    case "auth":
      return AuthenticationError;
    case "timeout":
      return TimeoutError;
    case "connection":
      return ConnectionError;
    case "decode":
    case "large":
      return DecodeError;
    default:
      return LogtoError;
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch {
    return undefined;
  }
}

/** What the module reads of an answer: the members of an object, a line each; of anything else the beginning. */
function members(text: string): string {
  const lines = Object.entries(parsed(text) ?? { "": text.slice(0, 200).trim() });
  return lines.map(([name, value]) => `${name} ${value}`.replaceAll("\n", " ")).join("\n");
}

function broken(cause: unknown): LogtoError {
  return new LogtoError("the WebAssembly module failed, and is replaced for the next call; this one may have been carried out", { cause });
}

/** Headers that are lines. */
function fields(lines: string): Record<string, string> {
  const pairs = lines.trimEnd().split("\n").map((line) => line.split(/: (.*)/s));
  return Object.fromEntries(pairs.filter(([name]) => userAgent || name !== "user-agent"));
}

/** `Retry-After` in seconds, which may be a date; of nonsense NaN. */
function seconds(after: string): number {
  if (/^ *\d{1,10} *$/.test(after)) return Number(after);
  return /^\w{3}, .* GMT$/.test(after) ? Math.max(0, Math.ceil((Date.parse(after) - Date.now()) / 1000)) : NaN;
}

/** Whether what one request began must not be awaited by another. */
export function isolated(): boolean {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
}

function unref(timer: unknown): void {
  const deno = (globalThis as { Deno?: { unrefTimer(timer: unknown): void } }).Deno;
  if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  else deno?.unrefTimer(timer);
}

let current: Engine | undefined;

/** The instance that there is, if there is one. */
export function ready(): Engine | undefined {
  return current;
}

/** The instance; made, and the module loaded, the first time. */
export async function engine(state: State): Promise<Engine> {
  const module = await (state.options.wasm === undefined ? load() : compile(state.options.wasm));
  return (current ??= new Engine(module));
}

async function compile(source: NonNullable<State["options"]["wasm"]>): Promise<WebAssembly.Module> {
  let from = await source;
  if (from instanceof URL) from = await fetch(from);
  if (from instanceof WebAssembly.Module) return from;
  return WebAssembly.compile(from instanceof Response ? await from.arrayBuffer() : from);
}
