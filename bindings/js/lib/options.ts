/** Where the client's messages go; `console` is one. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** From which level on messages are logged. */
export type LogLevel = "off" | "error" | "warn" | "info" | "debug";

/** Where access tokens live beyond this instance: a KV namespace, Redis, a database. It holds tokens: guard it. */
export interface TokenStore {
  /** What is kept under this key; nothing if there is none. */
  get(key: string): Promise<string | null | undefined> | string | null | undefined;
  /** Keeps a value, for so many seconds if that is given. */
  set(key: string, value: string, ttl: number | undefined): Promise<unknown> | unknown;
  /** Forgets a key. Without it an empty value is set. */
  delete?(key: string): Promise<unknown> | unknown;
}

/** An access token from elsewhere. */
export interface Token {
  accessToken: string;
  /** Seconds; a token without it is used until the API refuses it. */
  expiresIn?: number;
}

/** A request as `onRequest` sees it, before each attempt; changes are sent. */
export interface HookRequest {
  readonly method: string;
  url: string;
  /** `Authorization` reads `[redacted]`. */
  readonly headers: Headers;
  readonly operation: string;
  /** From 1. */
  readonly attempt: number;
  /** Whether it is the call to the token endpoint. */
  readonly tokenCall: boolean;
}

/** An answer as `onResponse` sees it, whatever its status. */
export interface HookResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
}

/** How requests are sent; the platform's `fetch` unless another is given. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Settings of a client. */
export interface LogtoOptions {
  /** The id of a Logto Cloud tenant, such as `my-tenant` of `https://my-tenant.logto.app`. */
  tenant?: string | undefined;
  /** The address of a server of one's own, or with `tenant` its custom domain. */
  endpoint?: string | undefined;
  /** The resource for which access tokens are issued; by default that of the endpoint's Management API. */
  resource?: string | undefined;
  /** The scope to ask for: `all` by default; an empty text for none. */
  scope?: string | undefined;
  /** The id of a machine-to-machine application. */
  appId?: string | undefined;
  /** Its secret. */
  appSecret?: string | undefined;
  /** Gets access tokens from elsewhere, such as a user's own; asked again only when the last one has ended. */
  getToken?: (() => Promise<Token | string> | Token | string) | undefined;
  /** Where tokens are shared with other instances. */
  tokenStore?: TokenStore | undefined;
  /** Sends requests: a service binding's `fetch`, a proxy, a test's. */
  fetch?: Fetch | undefined;
  /** Headers of every request. */
  headers?: HeadersInit | undefined;
  /** `include` sends the cookies of a sign-in in a browser, which the experience API lives on. */
  credentials?: RequestCredentials | undefined;
  /** Milliseconds for each attempt: 30,000 by default, 0 for no bound. */
  timeout?: number | undefined;
  /** Milliseconds for a call with all its attempts and waits: no bound by default. */
  totalTimeout?: number | undefined;
  /** How often a request is sent again at most: 3 by default. */
  retries?: number | undefined;
  /** The client's own rate limit: Logto Cloud's for its tenants, none for other servers. */
  rateLimit?: { requests: number; per: number } | false | undefined;
  /** The largest body of an answer in bytes: 64 MiB by default. */
  maxResponseBytes?: number | undefined;
  /** Allows plain http to other machines, where everyone on the way can read the secret. */
  allowHttp?: boolean | undefined;
  /** Runs before each attempt, the token call's too. What it throws ends the call. */
  onRequest?: ((request: HookRequest) => Promise<void> | void) | undefined;
  /** Runs after each answer. What it throws ends the call. */
  onResponse?: ((response: HookResponse, request: HookRequest) => Promise<void> | void) | undefined;
  /** `console` by default. */
  logger?: Logger | undefined;
  /** `warn` by default. */
  logLevel?: LogLevel | undefined;
  /** The package's WebAssembly module, where the usual way of loading it does not work. */
  wasm?: WebAssembly.Module | BufferSource | Response | URL | Promise<WebAssembly.Module | BufferSource | Response> | undefined;
}

/** Settings of one call. */
export interface CallOptions {
  /** Stops the call. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for each attempt; 0 for no bound. */
  timeout?: number | undefined;
  /** Milliseconds for the call with all its attempts. */
  totalTimeout?: number | undefined;
  /** Headers of this call alone. */
  headers?: HeadersInit | undefined;
  /** How often it is sent again at most. */
  retries?: number | undefined;
  /** Whether doing it twice is the same as doing it once, in place of what the operation says. */
  idempotent?: boolean | undefined;
}
