import { bad, checkedHeaders } from "./checks.js";
import { checkOptions } from "./option-checks.js";
import type { LogtoOptions } from "./options.js";
import { isRenewable, sendTokenRequest, type TokenAttempt } from "./request/token.js";
import { LogtoError } from "./response/errors.js";
import { Settings } from "./settings.js";
import { type Engine, engine, isolatesRequests, ready } from "./wasm/engine.js";

declare global {
  interface SymbolConstructor {
    /** Declared here for compilers and libraries that do not know it. */
    readonly dispose: unique symbol;
  }
}

/** A global of Workers. Unlike `setTimeout`, tests do not replace it. */
declare const scheduler: { wait(milliseconds: number): Promise<void> };

/** The background task that `keepFresh` starts. */
export interface Refresher {
  /** Stops the task. */
  stop(): void;
  /** Stops the task, for `using`. */
  [Symbol.dispose](): void;
}

/** The number of a session in an instance. In a new instance, the session has no number. */
interface Registration {
  at?: { engine: Engine; client: number };
}

const released =
  globalThis.FinalizationRegistry && new FinalizationRegistry<Registration>(({ at }) => at?.engine.release(at.client));

/** The settings and the access token of a client, which restricted clients share. */
export class Session {
  /** @internal */
  readonly settings: Settings;
  readonly #registration: Registration = {};
  /** Whether a call has sent the first token request. */
  #hasBegun = false;
  /** The refreshers that are not stopped. */
  readonly #kept = new Set<{ readonly interval: number }>();

  constructor(given: LogtoOptions) {
    const options = checkOptions(given);
    this.settings = new Settings(options, checkedHeaders(options.headers));
    released?.register(this, this.#registration);
  }

  /**
   * Sends the first token request, so that it does not wait for the module. Undefined if there is an instance, if the
   * module has to decide, or if another call does it.
   *
   * @internal
   */
  beginToken(): TokenAttempt | undefined {
    const { appId, exchange, tokenStore, wasm } = this.settings.options;
    if (ready() || this.#hasBegun || appId === undefined || exchange || tokenStore || wasm) return undefined;
    this.#hasBegun = true;
    const begun = sendTokenRequest(this.settings, 1);
    // The module reports the error, if the call gets there.
    begun.answer.catch(() => {});
    return begun;
  }

  /** @internal */
  async engine(begun?: TokenAttempt): Promise<Engine> {
    // Workers send a request when the script waits. Other calls let the one that sent it enter the module first.
    if (this.#hasBegun && !ready() && isolatesRequests()) await scheduler.wait(begun ? 0 : 1);
    return engine(this.settings);
  }

  /**
   * Returns the number of this session in an instance. Adds the session if it has none. `begun` is the token request for
   * refreshers, if it was sent before there was an instance.
   *
   * @internal
   */
  number(engine: Engine, begun?: TokenAttempt): number {
    const { at } = this.#registration;
    if (at?.engine === engine) return at.client;
    const client = engine.add(this.settings);
    this.#registration.at = { engine, client };
    if (this.#kept.size > 0) this.#keep(begun);
    return client;
  }

  /** Returns a valid access token; a new one if `renew` is set. */
  async token(renew: boolean): Promise<string> {
    const begun = this.beginToken();
    const at = await this.engine(begun);
    return at.token(this, this.number(at, begun), renew, begun);
  }

  /** Keeps the token as fresh as the refreshers want it. Does nothing without a number in the instance. */
  #keep(begun?: TokenAttempt): void {
    const { at } = this.#registration;
    if (!at || at.engine !== ready()) return;
    const shortest = Math.min(...Array.from(this.#kept, ({ interval }) => interval || Infinity));
    if (this.#kept.size > 0) at.engine.keepFresh(at.client, shortest < Infinity ? shortest : 0, begun);
    else at.engine.stopKeepingFresh(at.client);
  }

  /** Keeps the access token fresh in the background. If `interval` is above 0, renews it when it is this old. */
  keepFresh(interval: number): Refresher {
    const { appId, getToken } = this.settings.options;
    if (appId === undefined && getToken === undefined) throw bad("appId", "or `getToken` is required to keep a token fresh");
    if (!isRenewable(this.settings)) throw bad("exchange", "has a subject token that can be exchanged once: pass a function that returns new ones");
    if (isolatesRequests()) {
      throw new LogtoError("background work ends with its request on this platform; calls renew the token before it expires");
    }
    const kept = { interval };
    this.#kept.add(kept);
    this.#keep();
    const begun = this.beginToken();
    const started = this.engine(begun).then((engine) => this.number(engine, begun));
    started.catch((error: unknown) => this.settings.log("error", String(error)));
    const stop = (): void => {
      if (this.#kept.delete(kept)) this.#keep();
    };
    return { stop, [Symbol.dispose]: stop };
  }
}
