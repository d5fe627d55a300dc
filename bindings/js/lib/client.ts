import type { Group } from "./group.js";
import type { CallOptions, LogtoOptions } from "./options.js";
import { encode } from "./request/body.js";
import { bad, checkCallOptions, checkedHeaders, checkOptions, isObject } from "./request/checks.js";
import type { Operation } from "./request/operation.js";
import { fill, query } from "./request/url.js";
import { read } from "./response/answer.js";
import { Call, type WithResponse } from "./response/call.js";
import { LogtoError } from "./response/errors.js";
import { List, Page } from "./response/page.js";
import { Settings } from "./settings.js";
import { aborted, type Engine, engine, isolatesRequests, ready } from "./wasm/engine.js";

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

/** The number of a client in an instance. A new instance does not know the client. */
interface Registration {
  at?: { engine: Engine; client: number };
}

const released =
  globalThis.FinalizationRegistry && new FinalizationRegistry<Registration>(({ at }) => at?.engine.release(at.client));

/** What every client has, whatever its groups. Making one starts nothing. */
export class Client {
  readonly #settings: Settings;
  readonly #groups: readonly Group<unknown>[];
  readonly #registration: Registration = {};
  #kept: { interval: number } | undefined;

  /** @internal */
  constructor(options: LogtoOptions, groups: readonly Group<unknown>[]) {
    checkOptions(options);
    this.#settings = new Settings({ ...options }, checkedHeaders(options.headers));
    this.#groups = groups;
    released?.register(this, this.#registration);
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
    const at = await this.#engine();
    return at.token(this.#number(at), forceRefresh);
  }

  /**
   * Keeps the access token fresh in the background, so that no call waits for one. With `interval`, also renews it
   * whenever it is that many milliseconds old. Does not keep the process alive.
   *
   * @throws {@link LogtoError} on Cloudflare Workers, where background work ends with its request.
   */
  keepFresh({ interval = 0 }: { interval?: number } = {}): Refresher {
    const { appId, getToken } = this.#settings.options;
    if (!(interval >= 0)) throw bad("interval", "is not a number from 0");
    if (appId === undefined && getToken === undefined) throw bad("appId", "or `getToken` is required to keep a token fresh");
    if (isolatesRequests()) {
      throw new LogtoError("background work ends with the request that started it here; calls renew the token ahead of its expiry");
    }
    const kept = (this.#kept = { interval });
    void this.#engine().then(
      (engine) => this.#kept === kept && this.#number(engine),
      (error: unknown) => this.#settings.log("error", String(error)),
    );
    const stop = (): void => {
      if (this.#kept !== kept) return;
      this.#kept = undefined;
      const { at } = this.#registration;
      at?.engine.stopKeepingFresh(at.client);
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
    const { url, headers: defaults } = this.#settings;
    const headers = { ...defaults, ...checkedHeaders(options.headers), ...encoded.headers };
    const request = { operation, url: url + filled + (set && `?${set}`), headers, body: encoded.body, options };
    const { signal } = options;
    if (signal?.aborted) throw aborted(operation.id, signal);
    const at = ready() ?? (await this.#engine());
    if (signal?.aborted) throw aborted(operation.id, signal);
    const answer = await at.call(this.#number(at), request);
    return { data: read(operation, answer) as T, response: answer.response };
  }

  #engine(): Promise<Engine> {
    return engine(this.#settings);
  }

  /** Returns the number of this client in an instance. */
  #number(engine: Engine): number {
    const { at } = this.#registration;
    if (at?.engine === engine) return at.client;
    const client = engine.add(this.#settings);
    this.#registration.at = { engine, client };
    if (this.#kept) engine.keepFresh(client, this.#kept.interval);
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
