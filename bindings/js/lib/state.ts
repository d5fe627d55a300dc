import type { Logger, LogLevel, LogtoOptions } from "./options.js";

/** Marks what a hook threw, on its way through the module. */
export const HANDLED = Symbol("handled");

const LEVELS = ["off", "error", "warn", "info", "debug"];

/** What a client is, for the instance that works for it; it does not hold the client itself. */
export class State {
  /** What went wrong last behind the callers' backs: with a token, or the store. */
  cause: unknown;
  /** The headers that the module has added last, as it wrote them and by name. */
  lines = "";
  added: Record<string, string> = {};
  /** Where Logto is, without a slash at its end. */
  readonly url: string;
  /** What access tokens are issued for. */
  readonly resource: string;
  /** Logto Cloud allows a tenant so many requests in so many milliseconds. */
  readonly usualLimit: LogtoOptions["rateLimit"];
  readonly #level: number;

  constructor(
    readonly options: LogtoOptions,
    /** The client's own headers. */
    readonly headers: Record<string, string>,
  ) {
    const { endpoint, tenant, resource } = options;
    this.url = endpoint?.replace(/\/+$/, "") ?? `https://${tenant}.logto.app`;
    const cloud = tenant ?? /^https:\/\/([a-z0-9-]{1,63})\.logto\.app$/.exec(this.url)?.[1];
    this.resource = resource ?? `https://${cloud ?? "default"}.logto.app/api`;
    this.usualLimit = cloud !== undefined && { requests: 200, per: 10_000 };
    this.#level = LEVELS.indexOf(options.logLevel ?? "warn");
  }

  log(level: Exclude<LogLevel, "off">, message: string): void {
    const logger: Logger = this.options.logger ?? console;
    if (LEVELS.indexOf(level) <= this.#level) logger[level](`logto-admin: ${message}`);
  }
}
