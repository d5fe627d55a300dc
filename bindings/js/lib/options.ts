/** Options of clients and calls, and their defaults. */

/** Receives the messages of a client. `console` is a logger. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Lowest level of the messages that are logged. `off` logs nothing. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/**
 * Shares access tokens with other instances, through KV, Redis or a database. The store contains tokens, so protect it.
 * If a function of the store fails, the client logs a warning and uses its own token.
 *
 * @example
 * ```ts
 * import { kvTokenStore } from "logto-admin/stores";
 *
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId, appSecret, tokenStore: kvTokenStore(env.TOKENS) });
 * ```
 */
export interface TokenStore {
  /**
   * Returns a value.
   *
   * @param key - The key of the value. It contains no secret.
   * @returns The value, or nothing if the store has no value for the key.
   */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /**
   * Stores a value.
   *
   * @param key - The key of the value.
   * @param value - The value, which contains an access token.
   * @param ttl - Seconds until the value expires. It does not expire if this is undefined.
   */
  set(key: string, value: string, ttl: number | undefined): Promise<unknown> | unknown;
  /**
   * Removes a value. If the store lacks this function, the client sets an empty value instead.
   *
   * @param key - The key of the value.
   */
  delete?(key: string): Promise<unknown> | unknown;
  /**
   * Acquires a lock for `owner`, unless it is held. Without this function, instances that need a token at the
   * same time each request one.
   *
   * @param key - The key of the lock. It can equal that of a value, so give locks a prefix.
   * @param owner - A name that no other instance has.
   * @param ttl - Seconds until the lock expires.
   * @returns Whether the lock was acquired.
   */
  tryLock?(key: string, owner: string, ttl: number): Promise<boolean> | boolean;
  /**
   * Releases a lock, if `owner` still has it.
   *
   * @param key - The key of the lock.
   * @param owner - The name that acquired it.
   */
  unlock?(key: string, owner: string): Promise<unknown> | unknown;
}

/** An access token that `getToken` returns. */
export interface Token {
  accessToken: string;
  /** Lifetime in seconds. Default: none, so the client uses the token until the API rejects it. */
  expiresIn?: number;
}

/**
 * A token of a user to exchange for access tokens. The client then acts as this user.
 *
 * - `subjectToken`: a subject token of the user, from `subjectTokens.create`. It can be exchanged once, so pass a function
 *   that returns a new one for each renewal.
 * - `personalAccessToken`: a personal access token of the user. It can be exchanged any number of times.
 *
 * Token exchange must be allowed in the settings of the application.
 *
 * @example
 * ```ts
 * const asUser = new LogtoAdmin({
 *   tenant: "my-tenant",
 *   appId,
 *   appSecret,
 *   exchange: { subjectToken: async () => (await admin.subjectTokens.create({ userId })).subjectToken },
 *   // The account API requires `openid`.
 *   scope: "openid profile",
 * });
 * ```
 */
export type Exchange =
  | { subjectToken: string | (() => Promise<string> | string); personalAccessToken?: undefined }
  | { personalAccessToken: string; subjectToken?: undefined };

/** The request that `onRequest` receives before each attempt. Changes of `url` and `headers` are sent. */
export interface HookRequest {
  readonly method: string;
  /** URL of the request, without a user name and password. */
  url: string;
  /** `Authorization` reads `[redacted]`. Its original value is sent, unless you change or delete it. */
  readonly headers: Headers;
  /** Operation id, such as `GetUser`. `OidcToken` for a token call. */
  readonly operation: string;
  /** Number of the attempt, starting at 1. */
  readonly attempt: number;
  /** Whether this is a call to the token endpoint. */
  readonly tokenCall: boolean;
}

/** The response that `onResponse` receives, with any status. */
export interface HookResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
}

/** Headers by name. Headers that are undefined are not sent. */
export type HeaderValues = Headers | Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]>;

/** A function that sends requests, with the arguments of `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Cache modes of `fetch`. */
export type CacheMode = "default" | "no-store" | "reload" | "no-cache" | "force-cache" | "only-if-cached";

/**
 * Times of retries, in milliseconds. The upper bound of the waits doubles with each retry, and each wait is random between
 * zero and that bound. `Retry-After` takes precedence.
 */
export interface RetryTimes {
  /** Upper bound of the first wait, in milliseconds. Defaults to 250. */
  base?: number | undefined;
  /** Upper bound of all waits, in milliseconds. Defaults to 8,000 (8 s). */
  longest?: number | undefined;
  /** Maximum time from the first attempt to the start of the last, in milliseconds. Defaults to 60,000 (60 s). */
  total?: number | undefined;
}

/** All options of a client. */
export interface AllOptions {
  /** Id of a Logto Cloud tenant, such as `my-tenant` in `https://my-tenant.logto.app`. Default: none. */
  tenant?: string | undefined;
  /** URL of a server or a tenant; with `tenant`, of its custom domain. Default: none. */
  endpoint?: string | undefined;
  /**
   * Resource that access tokens are issued for. Defaults to the Management API of the endpoint; with `exchange` or
   * `organizationId`, to none.
   */
  resource?: string | undefined;
  /** Scope to request. Defaults to `all`; with `exchange` or `organizationId`, to none. An empty string requests none. */
  scope?: string | undefined;
  /** Id of a machine-to-machine application. Requires `appSecret`. Default: none. */
  appId?: string | undefined;
  /** Secret of the application. Default: none. */
  appSecret?: string | undefined;
  /** Acts as a user, with the credentials of an application. Default: none. */
  exchange?: Exchange | undefined;
  /**
   * Requests tokens as a member of this organization. The member is the application, or the user of `exchange`.
   * Default: none.
   */
  organizationId?: string | undefined;
  /**
   * Returns access tokens from another source, such as a user's own token. The client calls it again before the token
   * expires, or when the API has rejected the token. Replaces `appId` and
   * `appSecret`. Must settle within `timeout`. Default: none.
   */
  getToken?: (() => Promise<Token | string> | Token | string) | undefined;
  /** Shares access tokens with other instances. Default: none. */
  tokenStore?: TokenStore | undefined;
  /** Sends requests, for example through a service binding or a proxy, or to a test. Defaults to the global `fetch`. */
  fetch?: Fetch | undefined;
  /** Headers of every request to the API. `User-Agent` also applies to token calls. Default: none. */
  headers?: HeaderValues | undefined;
  /**
   * Credentials mode of all requests. In a browser, `include` sends the cookies of a sign-in, which the experience API
   * requires. Defaults to the mode of `fetch`.
   */
  credentials?: "omit" | "same-origin" | "include" | undefined;
  /**
   * Cache mode of requests to the API, for `fetch`. Defaults to the mode of `fetch`. Frameworks such as Next.js might store
   * what is fetched while they build; `no-store` prevents that.
   */
  cache?: CacheMode | undefined;
  /** Caching by Next.js of requests to the API. Example: `{ revalidate: 60, tags: ["users"] }`. Default: none. */
  next?: { revalidate?: number | false | undefined; tags?: string[] | undefined } | undefined;
  /** Timeout of each attempt, in milliseconds. Defaults to 30,000 (30 s). 0 disables it. */
  timeout?: number | undefined;
  /** Timeout of a call with all its attempts and waits, in milliseconds. Default: none. */
  totalTimeout?: number | undefined;
  /** Maximum number of retries. Defaults to 3. */
  retries?: number | undefined;
  /** Times of retries, such as `{ base: 100, total: 5_000 }`. Defaults to 250, 8,000 and 60,000 ms: see {@link RetryTimes}. */
  retry?: RetryTimes | undefined;
  /**
   * Maximum number of redirects to follow. Defaults to 0: a redirect is the response. A redirect to another origin is not
   * followed: the call fails with a `ConnectionError`. Redirects that are followed do not count for `rateLimit`. Browsers
   * hide redirects, so none are followed there.
   */
  redirects?: number | undefined;
  /**
   * Whether undocumented successes throw a `DecodeError`. Such a success has an undocumented status, or lacks the
   * documented body. Defaults to `false`.
   */
  strict?: boolean | undefined;
  /**
   * Rate limit: at most `requests` in `per` milliseconds. `false` disables it. Defaults to 200 requests in 10,000 ms
   * for tenants of Logto Cloud, and to `false` for other servers.
   */
  rateLimit?: { requests: number; per: number } | false | undefined;
  /** Maximum size of a response body, in bytes. Defaults to 67,108,864 (64 MiB). */
  maxResponseBytes?: number | undefined;
  /**
   * Allows plain http to other machines. It exposes the secret and the tokens to everyone on the way. Defaults to
   * `false`.
   */
  allowHttp?: boolean | undefined;
  /** Runs before each attempt, token calls included. If it throws, the call fails with that error. Default: none. */
  onRequest?: ((request: HookRequest) => Promise<void> | void) | undefined;
  /** Runs after each response, token calls included. If it throws, the call fails with that error. Default: none. */
  onResponse?: ((response: HookResponse, request: HookRequest) => Promise<void> | void) | undefined;
  /** Receives log messages, which contain no secrets. Defaults to `console`. */
  logger?: Logger | undefined;
  /** Lowest level of the messages that are logged. Defaults to `warn`. */
  logLevel?: LogLevel | undefined;
  /**
   * WebAssembly module of the package. It is a `WebAssembly.Module`, its bytes, a `Response` or a `URL` that returns
   * them, or a promise of one of these. Defaults to the module that the loader of this runtime finds.
   */
  wasm?: object | undefined;
}

/** Address of the server. */
type Server = { tenant: string; endpoint?: string | undefined } | { tenant?: undefined; endpoint: string };

/** The source of access tokens: an application, a function, or none. */
type Source =
  | { appId: string; appSecret: string; getToken?: undefined }
  | { getToken: NonNullable<AllOptions["getToken"]>; appId?: undefined; appSecret?: undefined; exchange?: undefined; organizationId?: undefined }
  | { appId?: undefined; appSecret?: undefined; getToken?: undefined; exchange?: undefined; organizationId?: undefined };

/** Options of a client. `tenant` or `endpoint` is required; `appId` and `appSecret` belong together. */
export type LogtoOptions = AllOptions & Server & Source;

/** Options of one call. They override those of the client. */
export interface CallOptions extends Pick<AllOptions, "cache" | "next"> {
  /** Aborts the call. Default: none. */
  signal?: AbortSignal | null | undefined;
  /** Timeout of each attempt, in milliseconds. Defaults to the client's. 0 disables it. */
  timeout?: number | undefined;
  /** Timeout of the call with all its attempts and waits, in milliseconds. Defaults to the client's. 0 disables it. */
  totalTimeout?: number | undefined;
  /** Headers of this call. They override headers of the client with the same name. Default: none. */
  headers?: HeaderValues | undefined;
  /** Maximum size of the response body, in bytes. Defaults to the client's. */
  maxResponseBytes?: number | undefined;
  /** Maximum number of retries. Defaults to the client's. */
  retries?: number | undefined;
  /** Times of retries. Times that are not set default to the client's. */
  retry?: RetryTimes | undefined;
  /** Maximum number of redirects to follow. Defaults to the client's. */
  redirects?: number | undefined;
  /**
   * Whether undocumented successes throw a `DecodeError`. Such a success has an undocumented status, or lacks the
   * documented body. Defaults to the client's.
   */
  strict?: boolean | undefined;
  /**
   * Whether the request may be repeated although the server might have processed it. Defaults to true if the operation
   * is idempotent, and to false otherwise.
   */
  idempotent?: boolean | undefined;
}

/** The levels, each with more messages than the one before. All but the first are functions of a logger. */
export const LEVELS = ["off", "error", "warn", "info", "debug"] as const;
