/**
 * An in-memory Logto for tests. It runs inside of the process, without a server.
 *
 * @module
 */
import { load } from "#emulator";
import { NEXT, OLDEST } from "./defaults.js";
import { type Emulator as Instance, Emulator as Module, initSync } from "./emulator/module.js";

/** Milliseconds of 100 years. */
const CENTURY = 36_525 * 86_400_000;

/** Options of an emulator. */
export interface EmulatorOptions {
  /** Release of Logto whose routes it has, such as `1.36` or `next`. Defaults to `1.42`. */
  release?: string | undefined;
  /**
   * Seed for ids, secrets and tokens, from 0 to 4294967295. With the same seed, the same requests in the same order return
   * the same values. Defaults to 0.
   */
  seed?: number | undefined;
  /**
   * Services that an operator configures outside of Logto's API. These are a storage for uploads, custom domains, and
   * protected applications. Defaults to none, like a new server.
   */
  services?: readonly EmulatorService[] | undefined;
}

/** A message that a server would have sent. */
export interface EmulatorMessage {
  /** Whether it is an email or a text message. */
  channel: "Email" | "Sms";
  /** The email address or phone number. */
  recipient: string;
  /** The usage type of the template, such as `SignIn` or `OrganizationInvitation`. */
  usage: string;
  /** The variables of the template, such as the verification code. */
  payload: { code?: string; link?: string; locale?: string; [variable: string]: unknown };
  /** The id of the connector's factory, such as `simple-mail-transfer-protocol`. */
  connector: string;
  /** The template: an email template, or one of the connector's configuration. Its members differ by connector. */
  template: Record<string, unknown> | null;
  /** The subject of the template with all variables replaced. `null` if the template has none. */
  subject: string | null;
  /** The content of the template with all variables replaced. `null` if the template has none. */
  content: string | null;
  /** The time of sending by the emulator's clock, in milliseconds since 1970. */
  sentAt: number;
}

/** A service that an operator configures outside of Logto's API. */
export type EmulatorService = "storage" | "domains" | "protected-apps";

const SERVICES: readonly EmulatorService[] = ["storage", "domains", "protected-apps"];

/**
 * An in-memory Logto. It keeps what the Management API changes, and issues access tokens. Pass its {@link Emulator.options}
 * to a client.
 *
 * Each emulator is empty, except for the application that calls it. Loading the WebAssembly module takes some milliseconds,
 * at the first request. The module is a file of the package, which only this entry point uses. The clock of an emulator
 * starts at 2025-01-01 and advances by a millisecond for each request.
 *
 * @example
 * ```ts
 * import { LogtoAdmin } from "logto-admin";
 * import { Emulator } from "logto-admin/emulator";
 *
 * const logto = new LogtoAdmin(new Emulator().options);
 * const { id } = await logto.users.create({ username: "ada" });
 * console.log((await logto.users.get(id)).username);
 * ```
 */
export class Emulator {
  /** URL of the emulator. Only {@link Emulator.fetch} answers it. */
  readonly endpoint = "http://emulator.localhost";
  /** Id of the application that may call the Management API. */
  readonly appId = "emulator-app";
  /** Secret of that application. */
  readonly appSecret = "emulator-secret";
  readonly #options: EmulatorOptions;
  #instance: Promise<Instance> | undefined;

  /**
   * Creates an emulator. It does no I/O; the first request loads the module.
   *
   * @param options - Options of the emulator.
   * @throws TypeError if an option is unknown or invalid. The message names it.
   */
  constructor(options: EmulatorOptions = {}) {
    const { seed = 0, release = "next", services = [], ...others } = options;
    if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) throw new TypeError("`seed` is not a whole number from 0 to 4294967295");
    const minor = /^1\.(\d\d)$/.exec(release)?.[1];
    if (release !== "next" && !(Number(minor) >= OLDEST && Number(minor) < NEXT)) throw new TypeError(`\`release\` is neither 1.${OLDEST} to 1.${NEXT - 1} nor \`next\``);
    const unknown = services.find((service) => !SERVICES.includes(service));
    if (unknown !== undefined) throw new TypeError(`\`services\` contains \`${unknown}\`, which is not one of ${SERVICES.join(", ")}`);
    const [other] = Object.keys(others);
    if (other !== undefined) throw new TypeError(`\`${other}\` is not an option of an emulator`);
    this.#options = options;
  }

  /** Options of a client that calls this emulator. */
  get options(): { endpoint: string; appId: string; appSecret: string; fetch: Emulator["fetch"] } {
    const { endpoint, appId, appSecret, fetch } = this;
    return { endpoint, appId, appSecret, fetch };
  }

  /**
   * Answers a request, like the global `fetch`.
   *
   * @param input - URL of the request, or the request. Its host does not matter.
   * @param init - Method, headers and body.
   * @returns The response.
   * @throws Error if the module cannot be loaded.
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { signal = input instanceof Request ? input.signal : undefined } = init;
    signal?.throwIfAborted();
    // The platform encodes the body, and adds its type.
    const request = new Request(input, { ...init, signal: null });
    const { headers, method, url } = request;
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const body = new Uint8Array(await request.arrayBuffer());
    const instance = await this.#loaded();
    signal?.throwIfAborted();
    const answer = instance.answer(method, url, [...headers].flat(), body);
    const pairs = answer.take_headers();
    const names = pairs.filter((_, index) => index % 2 === 0);
    const content = answer.take_body();
    const { status } = answer;
    answer.free();
    const isEmpty = [101, 204, 205, 304].includes(status);
    return new Response(isEmpty ? null : content, { status, headers: names.map((name, index) => [name, pairs[2 * index + 1] ?? ""]) });
  };

  /**
   * Advances the clock, so that tokens and invitations expire.
   *
   * @param milliseconds - For how long, from 0 to 100 years.
   * @throws TypeError if the time is invalid.
   */
  async advance(milliseconds: number): Promise<void> {
    if (!(milliseconds >= 0 && milliseconds <= CENTURY)) throw new TypeError("`milliseconds` is not a number from 0 to 100 years");
    (await this.#loaded()).advance(milliseconds);
  }

  /**
   * Returns the messages that a server would have sent, oldest first.
   *
   * Without a connector for the channel, calls that send a message fail.
   *
   * @returns The last 10,000 messages.
   *
   * @example
   * ```ts
   * const [message] = await emulator.messages();
   * console.log(message?.payload.code);
   * ```
   */
  async messages(): Promise<EmulatorMessage[]> {
    return (await this.fetch(`${this.endpoint}/emulator/messages`)).json() as Promise<EmulatorMessage[]>;
  }

  #loaded(): Promise<Instance> {
    return (this.#instance ??= this.#load());
  }

  async #load(): Promise<Instance> {
    const { release, seed = 0, services = [] } = this.#options;
    initSync({ module: await load() });
    return new Module(release, seed, [...services]);
  }
}
