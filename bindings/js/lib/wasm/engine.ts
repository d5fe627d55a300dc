import { load } from "#loader";
import type { CallOptions } from "../options.js";
import { aborted, listen } from "../request/abort.js";
import type { Request } from "../request/attempt.js";
import { isRenewable, type TokenAttempt } from "../request/token.js";
import type { Answer } from "../response/answer.js";
import { LogtoError } from "../response/errors.js";
import type { Settings } from "../settings.js";
import { asyncContext } from "./async-context.js";
import { ClientState, type FirstAttempt } from "./client-state.js";
import { compiled } from "./compile.js";
import { failure } from "./failure.js";
import { type FailedCall, host, type HostContext, Jobs, type PendingCall } from "./host.js";
import { type Exports, instantiate } from "./module.js";
import { key } from "./stored-token.js";

type RetryOptions = Pick<CallOptions, "retries" | "retry">;

/** A timeout in milliseconds that no call reaches. Overrides the timeout of the client for a call without one. */
const FOREVER = 1e15;

/** An instance of the module, and the calls in progress. */
export class Engine implements HostContext {
  readonly jobs = new Jobs((run) => this.quietly(run));
  readonly #exports: Exports;
  readonly #calls = new Map<number, PendingCall>();
  readonly #clients = new Map<number, ClientState>();
  #last = 0;
  #lastCall = 0;

  constructor(module: WebAssembly.Module) {
    this.#exports = instantiate(module, host(this));
  }

  /** Adds a client, and returns its number. */
  add(settings: Settings): number {
    const { options: o, rateLimit } = settings;
    // Numbers are not reused: work of a released client must not continue with the settings of another.
    const client = ++this.#last;
    this.#clients.set(client, new ClientState(settings));
    this.enter((wasm) =>
      wasm.configure(
        client,
        settings.scope,
        o.getToken ? 1 : o.appId === undefined ? 0 : 2,
        o.exchange && !o.resource ? 1 : o.exchange || o.organizationId ? 2 : 0,
        isRenewable(settings),
        o.tokenStore !== undefined && key(settings) !== "",
        settings.timeout || -1,
        o.totalTimeout === 0 ? -1 : o.totalTimeout,
        ...retryPolicy(o),
        rateLimit ? rateLimit.requests : 0,
        rateLimit ? rateLimit.per : undefined,
        o.credentials === "include",
        isolatesRequests(),
      ),
    );
    return client;
  }

  release(client: number): void {
    this.#clients.delete(client);
    this.quietly((wasm) => wasm.release(client));
  }

  /** Keeps the token of a client fresh. `begun` is the token request that was sent before there was an instance. */
  keepFresh(client: number, interval: number, begun?: TokenAttempt): void {
    this.#enterWith(this.#state(client), begun, (wasm) => wasm.keep_fresh(client, interval));
  }

  stopKeepingFresh(client: number): void {
    this.quietly((wasm) => wasm.stop_keeping_fresh(client));
  }

  /**
   * Carries out a call. Starts it without the module if that is possible, and enters the module unless it succeeds.
   * `begun` is the token request of the call, if it was sent before there was an instance.
   */
  async call(owner: object, client: number, request: Request, begun: TokenAttempt | undefined): Promise<Answer> {
    const state = this.#state(client);
    const first = state.start(request);
    const answer = first && (await settled(first, request));
    if (answer) state.observe(answer.response.status);
    if (answer && answer.response.status < 400) return answer;
    const { signal } = request.options;
    // It can have aborted since the attempt ended.
    if (signal?.aborted) throw aborted(request.operation.id, signal);
    return new Promise((resolve, reject) => {
      const answered = (): void => (pending.answer ? resolve(pending.answer) : reject(trapped(undefined)));
      const pending: PendingCall = { owner, state, within: asyncContext(), request, first, resolve: answered, reject };
      this.#enter(client, pending, request, begun);
    });
  }

  #enter(client: number, pending: PendingCall, { operation, headers, options }: Request, begun: TokenAttempt | undefined): void {
    const { first, state, reject } = pending;
    try {
      const call = this.#register(pending);
      const task = this.#enterWith(state, begun, (wasm) =>
        wasm.call(
          client,
          call,
          "musn".indexOf(operation.authentication),
          options.idempotent ?? operation.idempotent,
          Boolean(headers["authorization"]),
          Boolean(headers["cookie"]),
          options.timeout === 0 ? FOREVER : options.timeout,
          options.totalTimeout === 0 ? FOREVER : options.totalTimeout,
          ...retryPolicy(state.settings.options, options),
          first ? performance.now() - first.start : 0,
          first ? first.authorization.slice("Bearer ".length) : "",
        ),
      );
      if (options.signal) this.#cancelWith(options.signal, operation.id, call, pending, task);
    } catch (error) {
      reject(error);
    }
  }

  /** Returns a valid access token; a new one if `renew` is set. */
  token(owner: object, client: number, renew: boolean, begun: TokenAttempt | undefined): Promise<string> {
    const state = this.#state(client);
    state.close();
    return new Promise((resolve, reject) => {
      const call = this.#register({ owner, state, within: asyncContext(), resolve, reject });
      this.#enterWith(state, begun, (wasm) => wasm.access_token(client, call, renew));
    });
  }

  /** Runs a function of the module, which can ask for the token request. */
  #enterWith<T>(state: ClientState, begun: TokenAttempt | undefined, run: (wasm: Exports) => T): T {
    state.begun = begun;
    try {
      return this.enter(run);
    } finally {
      state.begun = undefined;
    }
  }

  /** Adds a call, and returns its number. */
  #register(pending: PendingCall): number {
    // Numbers of the module have 31 bits here.
    const call = (this.#lastCall = (this.#lastCall % 0x7fffffff) + 1);
    this.#calls.set(call, pending);
    return call;
  }

  /** Cancels the task of a call when the signal aborts. */
  #cancelWith(signal: AbortSignal, operation: string, call: number, pending: PendingCall, task: number): void {
    // The call may have ended before the module returned.
    if (this.#calls.get(call) !== pending) return;
    pending.ended = listen(signal, () => {
      if (this.#take(call) !== pending) return;
      this.quietly((wasm) => wasm.cancel(task));
      pending.reject(aborted(operation, signal));
    });
  }

  /** Returns the state of a client that is not released: calls keep their client. */
  #state(client: number): ClientState {
    const state = this.#clients.get(client);
    if (!state) throw trapped(undefined);
    return state;
  }

  client(client: number): ClientState | undefined {
    return this.#clients.get(client);
  }

  pending(call: number): PendingCall | undefined {
    return this.#calls.get(call);
  }

  resolve(call: number, token: string, freshUntil: number): void {
    const pending = this.#take(call);
    if (pending?.grant) pending.state.open(pending.grant, freshUntil);
    pending?.resolve(token);
  }

  reject(call: number, failed: FailedCall): void {
    const pending = this.#take(call);
    pending?.reject(failure(pending, failed));
  }

  /** Runs functions of the module. If one traps, the instance is discarded, and all its calls fail. */
  enter<T>(run: (wasm: Exports) => T): T {
    try {
      return run(this.#exports);
    } catch (cause) {
      this.#discard(cause);
      throw trapped(cause);
    }
  }

  /** Like `enter`, but ignores traps, which the calls in progress report. */
  quietly(run: (wasm: Exports) => void): void {
    try {
      this.enter(run);
    } catch {
      // The calls in progress have reported it.
    }
  }

  /** Ends a call. */
  #take(call: number): PendingCall | undefined {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    pending?.ended?.();
    return pending;
  }

  #discard(cause: unknown): void {
    if (current === this) current = undefined;
    this.jobs.cancelAll();
    for (const call of this.#calls.keys()) this.#take(call)?.reject(trapped(cause));
  }
}

/** Returns the limits of retries: number, first wait, every wait, and total time. */
function retryPolicy(client: RetryOptions, call: RetryOptions = {}): [retries: number | undefined, base: number | undefined, longest: number | undefined, total: number | undefined] {
  const { base, longest, total } = client.retry ?? {};
  const own = call.retry ?? {};
  return [call.retries ?? client.retries, own.base ?? base, own.longest ?? longest, own.total ?? total];
}

/** Returns the answer to an attempt. Undefined if the module has to continue: it failed, or takes too long. */
function settled({ answer, controller, limit }: FirstAttempt, { operation, options: { signal } }: Request): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const end = (answer?: Answer): void => {
      clearTimeout(timer);
      unlisten?.();
      resolve(answer);
    };
    const abort = (reason: AbortSignal): void => {
      controller?.abort();
      reject(aborted(operation.id, reason));
      end();
    };
    const timer = limit < 2 ** 31 ? setTimeout(end, limit) : undefined;
    const unlisten = signal && listen(signal, () => abort(signal));
    answer.then(end, () => end());
  });
}

function trapped(cause: unknown): LogtoError {
  return new LogtoError("the WebAssembly module failed and is replaced for the next call; the server might have processed this one", { cause });
}

/** Whether a request must not await what another one started, as on Workers. */
export function isolatesRequests(): boolean {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
}

let current: Engine | undefined;

/** Returns the instance, if there is one. */
export function ready(): Engine | undefined {
  return current;
}

/** Returns the instance. Loads the module and creates the first instance if necessary. */
export async function engine(settings: Settings): Promise<Engine> {
  if (current) return current;
  const { wasm } = settings.options;
  const module = await (wasm === undefined ? load() : compiled(wasm));
  return (current ??= new Engine(module));
}
