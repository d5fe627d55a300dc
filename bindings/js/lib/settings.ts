import { userAgent } from "#loader";
import { CLOUD_LIMIT, TIMEOUT, USER_AGENT } from "./defaults.js";
import { type AllOptions, LEVELS, type Logger, type LogLevel } from "./options.js";
import { printable } from "./response/printable.js";

/** Settings of a client, with their defaults. Holds no reference to the client, so that it can be garbage-collected. */
export class Settings {
  /** URL of the server, without a trailing slash. */
  readonly url: string;
  /** Resource of the Management API. */
  readonly management: string;
  /** Resource that access tokens are issued for. */
  readonly resource: string;
  /** Scope to request; can be empty. */
  readonly scope: string;
  /** Rate limit, with `per` in milliseconds. `false` if the rate is not limited. */
  readonly rateLimit: { requests: number; per: number } | false;
  /** Timeout of each attempt in milliseconds; 0 for no timeout. */
  readonly timeout: number;
  /** Headers of all requests to the API. */
  readonly headers: Record<string, string>;
  /** Headers of requests to the token endpoint. */
  readonly tokenHeaders: Record<string, string>;
  readonly #level: number;

  constructor(
    readonly options: AllOptions,
    headers: Record<string, string>,
  ) {
    const agent = userAgent ? { "user-agent": USER_AGENT } : {};
    this.headers = { accept: "application/json", ...agent, ...headers };
    const sent = this.headers["user-agent"];
    this.tokenHeaders = { accept: "application/json", ...(sent !== undefined && { "user-agent": sent }) };
    const { endpoint, tenant, resource, rateLimit } = options;
    this.url = endpoint === undefined ? `https://${tenant}.logto.app` : normalized(endpoint);
    const cloud = tenant ?? /^https:\/\/([a-z0-9-]{1,63})\.logto\.app$/.exec(this.url)?.[1];
    this.management = `https://${cloud ?? "default"}.logto.app/api`;
    this.resource = resource ?? this.management;
    const own = options.exchange || options.organizationId !== undefined;
    this.scope = options.scope ?? (own ? "" : "all");
    this.rateLimit = rateLimit ?? (cloud !== undefined && CLOUD_LIMIT);
    this.timeout = options.timeout ?? TIMEOUT;
    this.#level = LEVELS.indexOf(options.logLevel ?? "warn");
  }

  log(level: Exclude<LogLevel, "off">, message: string): void {
    const logger: Logger = this.options.logger ?? console;
    if (LEVELS.indexOf(level) > this.#level) return;
    try {
      const logged: unknown = logger[level](`logto-admin: ${printable(message)}`);
      if (logged instanceof Promise) logged.catch(() => {});
    } catch {
      // A failing logger must not change the result of a call.
    }
  }
}

/** Returns a URL with scheme and host in lower case. It has no default port and no trailing slashes. */
function normalized(endpoint: string): string {
  return new URL(endpoint).href.replace(/\/+$/, "");
}
