import { bad, checkedHeaders, checkedMembers } from "./checks.js";
import { OLDEST } from "./defaults.js";
import type { CallOptions, LogtoOptions } from "./options.js";
import { fitting } from "./releases.js";
import { aborted } from "./request/abort.js";
import { encodeBody } from "./request/body.js";
import { checkedCallOptions, expectNoOptions } from "./request/call-options.js";
import { type CallInput, type Group, type Invocation, type Operation, sorted } from "./request/operation.js";
import { fillPath } from "./request/path.js";
import { encodeQuery } from "./request/query.js";
import { read } from "./response/answer.js";
import { Call, caller, traced, type WithResponse } from "./response/call.js";
import { LogtoError, RestrictedError } from "./response/errors.js";
import { counted, List, Page } from "./response/page.js";
import { type Refresher, Session } from "./session.js";
import { isIterable, isObject } from "./values.js";
import { ready } from "./wasm/engine.js";

const ANY = { parameters: [], body: "json", bodyRequired: false, query: true, required: [], success: [], paging: "none", itemsAt: undefined, since: OLDEST, removed: false } as const;

/** Arguments of `call` after the id. `Calls` has the types of the operations of a client by id. */
export type CallArguments<Calls, Id> = Id extends keyof Calls
  ? Calls[Id] extends { input: infer Input }
    ? {} extends Input
      ? [input?: Input, options?: CallOptions]
      : [input: Input, options?: CallOptions]
    : never
  : [input?: CallInput, options?: CallOptions];

/** Ids of the operations of a client. If they are unknown, any text. */
export type OperationId<Calls> = unknown extends Calls ? string : keyof Calls & string;

/** Data that `call` resolves to. */
export type DataOf<Calls, Id> = Id extends keyof Calls ? (Calls[Id] extends { data: infer Data } ? Data : never) : unknown;

/**
 * Base of all clients, with any groups. Creating a client does no I/O. `Calls` has the types of the client's
 * operations by id. If it is unknown, `call` accepts any id.
 */
export class Client<Calls = unknown> {
  readonly #session: Session;
  readonly #groups: Record<string, Group<unknown>>;
  /** Ids of the operations that this client may call. Undefined if it may call all. */
  readonly #allowed: ReadonlySet<string> | undefined;

  /** @internal */
  constructor(from: LogtoOptions | Session, groups: Record<string, Group<unknown>>, allowed?: ReadonlySet<string>) {
    this.#session = from instanceof Session ? from : new Session(from);
    this.#groups = groups;
    this.#allowed = allowed;
    for (const [name, group] of Object.entries(groups)) {
      let made: unknown;
      Object.defineProperty(this, name, { get: () => (made ??= this.#methods(group)), enumerable: true });
    }
  }

  /**
   * Calls an operation by its id. Only operations in the groups of this client are available. A list resolves to the
   * items of one page. For an id that is known only at run time, use the client as a `Client` without type argument.
   *
   * @param id - Operation id, such as `GetUser`.
   * @param rest - Path parameters, query and body, by default none, and options of the call.
   * @returns The data of the answer.
   * @throws TypeError if the client has no such operation, or if an argument is invalid.
   * @throws {@link LogtoError} if the call fails.
   * @example
   * ```ts
   * const user = await logto.call("GetUser", { path: { userId: "user-id" } });
   * ```
   */
  call<Id extends OperationId<Calls>>(id: Id, ...rest: CallArguments<Calls, Id>): Call<DataOf<Calls, Id>> {
    const [input = {}, options = {}] = rest as [CallInput?, CallOptions?];
    return started(async () => {
      return this.#made<DataOf<Calls, Id>>(this.#operation("id", id), given(input, options));
    });
  }

  /**
   * Sends a request to a path that has no operation in this version of the client. The client's token, retries and
   * limits apply. POST and PATCH requests count as not idempotent.
   *
   * @param method - HTTP method, in upper or lower case.
   * @param path - Path on the server, such as `/api/users/{userId}`. Encode its segments, except path parameters.
   * @param input - Path parameters, query and body. Defaults to none.
   * @param options - Options of the call.
   * @returns The parsed JSON, or the text of any other body. Undefined if the response has no body. For GET and HEAD, the
   * text can be a web page, and a redirect is its target.
   * @throws TypeError if an argument is invalid.
   * @throws {@link LogtoError} if the call fails.
   * @example
   * ```ts
   * const users = await logto.request("GET", "/api/users", { query: { pageSize: 5 } });
   * ```
   */
  request<T = unknown>(method: string, path: string, input: CallInput = {}, options: CallOptions = {}): Call<T> {
    return started(async () => {
      const upper = String(method).toUpperCase();
      if (!/^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(upper)) throw bad("method", "is not an HTTP method");
      const dots = typeof path === "string" && path.split("/").some((step) => /^(\.|%2e){1,2}$/i.test(step));
      if (typeof path !== "string" || dots || !/^\/(?!\/)[^?#\s\\\0-\x1f\x7f-\x9f\ud800-\udfff]*$/u.test(path)) {
        throw bad("path", "is invalid: start it with one slash, without query, spaces or segments of dots");
      }
      const idempotent = upper !== "POST" && upper !== "PATCH";
      const operation: Operation = { ...ANY, id: `${upper} ${path}`, method: upper, path, answer: /^(GET|HEAD)$/.test(upper) ? "any" : "value", authentication: "a", idempotent };
      return this.#made<T>(operation, given(input, options));
    });
  }

  /**
   * Returns the oldest and the newest release of Logto with the server's operations. Logto does not report its version,
   * so this reads the API document of the server (about 1 MB). A client with few groups of operations distinguishes
   * fewer releases.
   *
   * @returns The releases, such as `{ oldest: "1.33", newest: "1.36" }`. `next` is the release after 1.42.
   * @throws {@link LogtoError} if the call fails.
   * @example
   * ```ts
   * const { oldest, newest } = await logto.serverRelease();
   * console.log(`Logto ${oldest} to ${newest}`);
   * ```
   */
  async serverRelease(): Promise<{ oldest: string; newest: string }> {
    const { paths } = await this.request<{ paths?: Record<string, object> }>("GET", "/api/swagger.json");
    if (!isObject(paths)) throw new LogtoError("the server has no API document: check that the endpoint is the root of a Logto server");
    return fitting(paths, this.#operations());
  }

  /**
   * Returns the access token. Requests a new one unless the current one is valid.
   *
   * @param options - `forceRefresh` requests a new token in any case. Defaults to false.
   * @returns The access token.
   * @throws AuthenticationError if no token can be obtained.
   * @example
   * ```ts
   * const token = await logto.getToken();
   * await fetch("https://id.example.com/api/users", { headers: { authorization: `Bearer ${token}` } });
   * ```
   */
  async getToken(options: { forceRefresh?: boolean | undefined } = {}): Promise<string> {
    const { forceRefresh = false } = checkedMembers<typeof options>(options, { forceRefresh: "boolean" });
    return traced(this.#session.token(forceRefresh), caller());
  }

  /**
   * Keeps the access token fresh in the background. No call then waits for a renewal. Does not keep the process alive.
   *
   * @param options - `interval` also renews the token when it is this old, in milliseconds. Defaults to 0, which only
   * renews it before it expires.
   * @returns The background task. Call its `stop` to end it.
   * @throws TypeError if the client has no credentials, or if `interval` is invalid.
   * @throws {@link LogtoError} on Cloudflare Workers, where background work ends with its request.
   * @example
   * ```ts
   * const refresher = logto.keepFresh({ interval: 3_000_000 });
   * refresher.stop();
   * ```
   */
  keepFresh(options: { interval?: number | undefined } = {}): Refresher {
    const { interval = 0 } = checkedMembers<typeof options>(options, { interval: "number" });
    return this.#session.keepFresh(interval);
  }

  /**
   * Returns a client that can only call these operations. Any other call fails before anything is sent, untyped calls
   * included. The client shares the token, the rate limit and the settings of this one. Restricting it again can only
   * remove operations.
   *
   * This protects from mistakes in your own code: `getToken` still returns the access token.
   *
   * @param operations - Operation ids, such as `["ListUsers", "GetUser"]`.
   * @returns The restricted client. Its other calls reject with a {@link RestrictedError}.
   * @throws TypeError if the client has no operation with one of these ids.
   * @example
   * ```ts
   * const reader = logto.restrictedTo(["ListUsers", "GetUser"]);
   * await reader.users.get("user-id");
   * await reader.users.delete("user-id"); // rejects with a RestrictedError
   * ```
   */
  restrictedTo(operations: readonly OperationId<Calls>[]): this {
    if (!Array.isArray(operations)) throw bad("operations", "is not a list of operation ids");
    const ids = operations.map((id) => this.#operation("operations", id).id);
    const client = new Client(this.#session, this.#groups, new Set(ids.filter((id) => this.#allowed?.has(id) ?? true)));
    return Object.setPrototypeOf(client, Object.getPrototypeOf(this));
  }

  /** Returns the operations of a group as methods. */
  #methods({ operations }: Group<unknown>): Record<string, (...given: unknown[]) => Call<unknown>> {
    const methods = Array.from(operations(), ([name, operation]) => [name, (...given: unknown[]) => this.#invoke(operation(), given)] as const);
    return Object.fromEntries(methods);
  }

  #invoke(operation: Operation, given: unknown[]): Call<unknown> {
    if (operation.paging === "none") return started(async () => this.#made(operation, sorted(operation, given)));
    return new List<unknown>(async (page, size) => this.#page(operation, sorted(operation, given), page, size));
  }

  async #page(operation: Operation, invocation: Invocation, page?: number, size?: number): Promise<WithResponse<Page<unknown>>> {
    const { page_size: snake, ...set }: Record<string, unknown> = checkedQuery(invocation.query) ?? {};
    if (page !== undefined) set["page"] = page;
    else if (size !== undefined) set["page"] ??= 1;
    set["pageSize"] ??= snake ?? size;
    const { data, response } = await this.#made<unknown[]>(operation, { ...invocation, query: set });
    const paged = operation.paging === "always" || set["page"] !== undefined || set["pageSize"] !== undefined;
    const next = (): Promise<Page<unknown>> =>
      this.#page(operation, invocation, (made.page ?? 0) + 1, made.pageSize).then(({ data }) => data);
    const made: Page<unknown> = new Page(
      data ?? [],
      ...counted(response.headers),
      paged ? Number(set["page"] ?? 1) : undefined,
      paged ? Number(set["pageSize"] ?? 20) : undefined,
      next,
    );
    return { data: made, response };
  }

  async #made<T>(operation: Operation, { path, query: members, body, options: given }: Invocation): Promise<WithResponse<T>> {
    if (this.#allowed?.has(operation.id) === false) throw restricted(operation.id);
    const options = checkedCallOptions(given);
    const filled = fillPath(operation.path, path ?? {});
    const query = checkedQuery(members);
    for (const name of operation.paging === "none" ? [] : ["page", "pageSize"]) {
      const value = query?.[name];
      if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) > 0)) throw bad(`query.${name}`, "is not a whole number above 0");
    }
    for (const name of operation.required) if (query?.[name] === undefined) throw bad(`query.${name}`, "is missing");
    const set = encodeQuery(query);
    if (body === undefined && operation.body !== "none" && operation.bodyRequired) throw bad("body", "is missing");
    if (body !== undefined && (operation.body === "none" || /^(GET|HEAD)$/.test(operation.method))) throw bad("body", `cannot be sent with ${operation.id}`);
    const encoded = encodeBody(operation.body, body);
    const { settings } = this.#session;
    const { url, headers: defaults } = settings;
    const headers = { ...defaults, ...checkedHeaders(options.headers), ...encoded.headers };
    // `fetch` sets it, with the boundary of the parts.
    if (encoded.body instanceof FormData) delete headers["content-type"];
    const request = { operation, url: url + filled + (set && `?${set}`), headers, body: encoded.body, options };
    const signal = options.signal ?? undefined;
    if (signal?.aborted) throw aborted(operation.id, signal);
    const begun = operation.authentication !== "m" || headers["authorization"] ? undefined : this.#session.beginToken();
    const at = ready() ?? (await this.#session.engine(begun));
    if (signal?.aborted) throw aborted(operation.id, signal);
    const answer = await at.call(this, this.#session.number(at, begun), request, begun);
    return { data: read(operation, answer, options.strict ?? settings.options.strict) as T, response: answer.response };
  }

  #operations(): Operation[] {
    return Object.values(this.#groups).flatMap((group) => [...group.operations().values()].map((operation) => operation()));
  }

  #operation(argument: string, id: string): Operation {
    const all = this.#operations();
    const operation = all.find((known) => known.id === id);
    if (operation) return operation;
    const similar = all.find((known) => known.id.toLowerCase() === String(id).toLowerCase());
    throw bad(argument, `is not an operation of this client: ${id}${similar ? `; did you mean \`${similar.id}\`?` : ""}`);
  }
}

function checkedQuery(members: unknown): Record<string, unknown> | undefined {
  if (members !== undefined && (!isObject(members) || isIterable(members))) throw bad("query", "is not an object of parameters");
  if (members) expectNoOptions(members);
  return members;
}

function given(input: unknown, options: CallOptions): Invocation {
  return { ...checkedMembers<CallInput>(input, { path: "object", query: "", body: "" }, "input"), options };
}

function restricted(operation: string): RestrictedError {
  const hint = `add \`${operation}\` to the list of \`restrictedTo\``;
  return new RestrictedError(`${operation}: the client is restricted to other operations`, { operation, hint });
}

/** Starts a call immediately. */
function started<T>(start: () => Promise<WithResponse<T>>): Call<T> {
  const made = start();
  return new Call(() => made);
}
