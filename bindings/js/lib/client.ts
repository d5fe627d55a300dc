import { type Answer, read } from "./answer.js";
import { encode } from "./body.js";
import { Call, type WithResponse } from "./call.js";
import { bad, checkCallOptions, checkedHeaders, checkOptions, isObject } from "./check.js";
import { type Engine, engine, isolated, type Pending, ready, type Request } from "./engine.js";
import { AbortError, LogtoError } from "./errors.js";
import type { Group } from "./group.js";
import type { Operation } from "./operation.js";
import type { CallOptions, LogtoOptions } from "./options.js";
import { List, Page } from "./page.js";
import { State } from "./state.js";
import { fill, query } from "./url.js";

/** What a call without types takes. */
export interface CallInput {
  /** Parameters of the path, by name. */
  path?: Record<string, string | number>;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
}

/** Stops what `keepFresh` began. */
export interface Refresher {
  stop(): void;
  [Symbol.dispose](): void;
}

/** A call of an operation with all that it takes. */
export interface Invocation extends CallInput {
  options: CallOptions;
}

const ANY = { parameters: [], body: "json", bodyRequired: false, query: true, required: [], paging: "none", itemsAt: undefined } as const;

/** Milliseconds that no call outlives: a call that is to have no bound must not have its client's. */
const FOREVER = 1e15;

type Home = [engine: Engine, client: number];

const released = globalThis.FinalizationRegistry && new FinalizationRegistry<{ at?: Home }>(({ at }) => at?.[0].release(at[1]));

/** What every client has, whatever its groups. Making one starts nothing. */
export class Client {
  readonly #state: State;
  readonly #groups: readonly Group<unknown>[];
  readonly #home: { at?: Home } = {};
  #kept: { interval: number } | undefined;

  /** @internal */
  constructor(options: LogtoOptions, groups: readonly Group<unknown>[]) {
    checkOptions(options);
    this.#state = new State({ ...options }, checkedHeaders(options.headers));
    this.#groups = groups;
    released?.register(this, this.#home);
  }

  /** Calls an operation by its id, without types. Operations of groups that the client lacks are not known. */
  call<T = unknown>(id: string, input: CallInput = {}, options: CallOptions = {}): Call<T> {
    return started(async () => {
      for (const group of this.#groups) {
        for (const operation of group.operations().values()) {
          if (operation.id === id) return this.#made<T>(operation, { ...input, options });
        }
      }
      throw bad("id", `names no operation that this client has: ${id}`);
    });
  }

  /** A request to a path that the table of operations does not know, with the client's token, retries and limits. */
  request<T = unknown>(method: string, path: string, input: CallInput = {}, options: CallOptions = {}): Call<T> {
    return started(async () => {
      const upper = String(method).toUpperCase();
      if (!/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(upper)) throw bad("method", "is no method of HTTP");
      const dots = typeof path === "string" && path.split("/").some((step) => /^(\.|%2e){1,2}$/i.test(step));
      if (typeof path !== "string" || dots || !/^\/(?!\/)[^?#\s\\]*$/.test(path)) {
        throw bad("path", "is no path: it begins with one slash, and has no query, spaces or segments of dots");
      }
      const idempotent = upper !== "POST" && upper !== "PATCH";
      const operation: Operation = { ...ANY, id: `${upper} ${path}`, method: upper, path, answer: "any", authentication: "a", idempotent };
      return this.#made<T>(operation, { ...input, options });
    });
  }

  /** The current access token; a new one if there is none that lives, or if that is asked for. */
  async getToken({ forceRefresh = false }: { forceRefresh?: boolean } = {}): Promise<string> {
    const request = { operation: { id: "GetToken" } as Operation, url: "", headers: {}, body: undefined };
    const { token } = await this.#run(request, {}, (engine, client, call) => engine.exports.access_token(client, call, forceRefresh));
    return token;
  }

  /**
   * Keeps the access token fresh in the background, so that no call waits for one; with `interval` (milliseconds),
   * renews it whenever it is that old too. It never keeps a process alive. On Cloudflare Workers, where background work
   * ends with its request, it throws.
   */
  keepFresh({ interval = 0 }: { interval?: number } = {}): Refresher {
    const { appId, getToken } = this.#state.options;
    if (!(interval >= 0)) throw bad("interval", "is no number from 0");
    if (appId === undefined && getToken === undefined) throw bad("appId", "or `getToken` has to be given, or there is nothing to keep fresh");
    if (isolated()) throw new LogtoError("background work ends with the request that began it here; calls renew the token ahead of its end");
    const kept = (this.#kept = { interval });
    void engine(this.#state).then(
      (engine) => this.#kept === kept && this.#number(engine),
      (error: unknown) => this.#state.log("error", String(error)),
    );
    const stop = (): void => {
      if (this.#kept !== kept) return;
      this.#kept = undefined;
      const { at } = this.#home;
      at?.[0].quietly((wasm) => wasm.let_age(at[1]));
    };
    return { stop, [Symbol.dispose]: stop };
  }

  /** @internal */
  invoke(operation: Operation, invocation: Invocation): Call<unknown> {
    if (operation.paging === "none") return started(() => this.#made(operation, invocation));
    return new List<unknown>((page, pageSize) => this.#page(operation, invocation, page, pageSize));
  }

  async #page(operation: Operation, invocation: Invocation, page?: number, size?: number): Promise<WithResponse<Page<unknown>>> {
    const set: Record<string, unknown> = { ...(invocation.query ?? {}) };
    if (page !== undefined) set["page"] = page;
    else if (size !== undefined) set["page"] ??= 1;
    set["pageSize"] ??= set["page_size"] ?? size;
    delete set["page_size"];
    const { data, response } = await this.#made<unknown[]>(operation, { ...invocation, query: set });
    const total = response.headers.get("total-number");
    const paged = operation.paging === "always" || set["page"] !== undefined || set["pageSize"] !== undefined;
    const made = new Page(
      data ?? [],
      total === null ? undefined : Number(total),
      response.headers.get("total-number-is-capped") === "true",
      paged ? Number(set["page"] ?? 1) : undefined,
      paged ? Number(set["pageSize"] ?? 20) : undefined,
    );
    return { data: made, response };
  }

  async #made<T>(operation: Operation, { path, query: members, body, options }: Invocation): Promise<WithResponse<T>> {
    checkCallOptions(options);
    const filled = fill(operation.path, path ?? {});
    const set = query(checkQuery(operation, members));
    if (body === undefined && operation.body !== "none" && operation.bodyRequired) throw bad("body", "is missing");
    const encoded = encode(operation.body, body);
    const { url, headers: usual } = this.#state;
    const headers = { ...usual, ...checkedHeaders(options.headers), ...encoded.headers };
    const request = { operation, url: url + filled + (set && `?${set}`), headers, body: encoded.body };
    const { answer } = await this.#run(request, options, (engine, client, call) =>
      engine.exports.request(
        client,
        call,
        "musn".indexOf(operation.authentication),
        options.idempotent ?? operation.idempotent,
        "authorization" in headers,
        "cookie" in headers,
        options.timeout === 0 ? FOREVER : options.timeout,
        options.totalTimeout === 0 ? FOREVER : options.totalTimeout,
        options.retries,
      ),
    );
    return { data: read(operation, answer) as T, response: answer.response };
  }

  async #run(
    request: Request,
    { signal }: CallOptions,
    start: (engine: Engine, client: number, call: number) => number,
  ): Promise<{ answer: Answer; token: string }> {
    const { id } = request.operation;
    const aborted = (): AbortError => new AbortError(`${id}: the call was aborted`, { operation: id, cause: signal?.reason });
    if (signal?.aborted) throw aborted();
    const at = ready() ?? (await engine(this.#state));
    if (signal?.aborted) throw aborted();
    let stop: (() => void) | undefined;
    const abort = (reject: (error: unknown) => void): void => {
      reject(aborted());
      stop?.();
    };
    let listener: (() => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        // Member by member: engines take ten times as long for a copy that grows.
        const { operation, url, headers, body } = request;
        const pending: Pending = {
          operation,
          url,
          headers,
          body,
          state: this.#state,
          attempts: 0,
          response: undefined,
          text: "",
          cause: undefined,
          resolve: (token) => resolve({ answer: pending as unknown as Answer, token }),
          reject,
        };
        const client = this.#number(at);
        stop = at.begin(pending, (_, call) => start(at, client, call));
        if (signal) signal.addEventListener("abort", (listener = () => abort(reject)), { once: true });
      });
    } finally {
      if (listener) signal?.removeEventListener("abort", listener);
    }
  }

  /** The client's number in an instance; a new instance does not know it yet. */
  #number(engine: Engine): number {
    const { at } = this.#home;
    if (at?.[0] === engine) return at[1];
    const client = engine.add(this.#state);
    this.#home.at = [engine, client];
    const kept = this.#kept;
    if (kept) engine.enter((wasm) => wasm.keep_fresh(client, kept.interval));
    return client;
  }
}

function checkQuery(operation: Operation, members: unknown): unknown {
  if (members !== undefined && !isObject(members)) throw bad("query", "is no object");
  for (const name of operation.required) {
    if (members?.[name] === undefined) throw bad(`query.${name}`, "is missing");
  }
  return members;
}

/** A call that starts at once. */
function started<T>(start: () => Promise<WithResponse<T>>): Call<T> {
  const made = start();
  return new Call(() => made);
}
