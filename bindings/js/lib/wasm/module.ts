import { bad } from "../checks.js";

/** Functions of the module. Empty texts and `undefined` numbers are absent. */
export interface Exports {
  release(client: number): void;
  configure(
    client: number,
    scope: string,
    source: number,
    tokenKind: number,
    renewable: boolean,
    customStore: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
    retryBase: number | undefined,
    retryLongest: number | undefined,
    retryTotal: number | undefined,
    limit: number,
    limitPer: number | undefined,
    ambientCookies: boolean,
    isolatesRequests: boolean,
  ): void;
  keep_fresh(client: number, interval: number): void;
  stop_keeping_fresh(client: number): void;
  call(
    client: number,
    call: number,
    authentication: number,
    idempotent: boolean,
    authorization: boolean,
    cookies: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
    retryBase: number | undefined,
    retryLongest: number | undefined,
    retryTotal: number | undefined,
    spent: number,
    begunWith: string,
  ): number;
  access_token(client: number, call: number, renew: boolean): number;
  cancel(task: number): void;
  settle_done(job: number, done: boolean): void;
  settle_token(job: number, token: string, lifetime: number, age: number, scope: string, missing: string): void;
  settle_answer(job: number, status: number, retryAfter: number, isHtml: boolean, code: string, message: string): void;
  settle_token_answer(
    job: number,
    status: number,
    retryAfter: number,
    isHtml: boolean,
    error: string,
    description: string,
    accessToken: string,
    hasExpiry: boolean,
    expiresIn: number,
    hasScope: boolean,
    scope: string,
  ): void;
  settle_failure(job: number, kind: number, message: string): void;
}

/** Functions of the host by name. Booleans arrive as 1 or 0. */
export type Host = Record<string, (...given: any[]) => unknown>;

/** Positions of the text arguments of functions of the host. */
const TEXTS: Record<string, readonly number[]> = { send: [3], store_set: [2, 4, 5], store_lock: [3], store_unlock: [3], resolve_token: [1], reject: [2, 3, 5, 6, 8] };

/**
 * Creates an instance with this host. Replaces the glue of wasm-bindgen, which supports only one instance of a module.
 * A text is passed as its address in the memory of the module and its length.
 */
export function instantiate(module: WebAssembly.Module, host: Host): Exports {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const imports = Object.fromEntries(Object.entries(host).map(([name, run]) => [name, imported(run, TEXTS[name])]));
  const { exports } = new WebAssembly.Instance(module, { host: imports });
  const { memory, __wbindgen_malloc: malloc } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof malloc !== "function") throw bad("wasm", "is not the module of this package");

  /** Copies a text to the memory of the module. Returns its address and its length. */
  const copied = (text: string): [address: number, length: number] => {
    if (text === "") return [1, 0];
    const bytes = encoder.encode(text);
    const at = malloc(bytes.length, 1) >>> 0;
    new Uint8Array(memory.buffer, at).set(bytes);
    return [at, bytes.length];
  };

  const text = (at = 0, length = 0): string => (length ? decoder.decode(new Uint8Array(memory.buffer, at >>> 0, length)) : "");

  function imported(run: Host[string], texts?: readonly number[]): Host[string] {
    if (!texts) return run;
    return (...given: number[]): unknown => {
      const args: unknown[] = [];
      for (let at = 0; at < given.length; at++) args.push(texts.includes(args.length) ? text(given[at], given[++at]) : given[at]);
      // The module cannot clean up if an exception unwinds through it.
      try {
        return run(...args) ?? true;
      } catch {
        return false;
      }
    };
  }

  /** Wraps a function of the module, which then accepts texts. */
  const accepting = (run: WebAssembly.ExportValue) => {
    if (typeof run !== "function") return run;
    return (...given: unknown[]): unknown => run(...given.flatMap((one) => (typeof one === "string" ? copied(one) : one)));
  };

  return Object.fromEntries<any>(Object.entries(exports).map(([name, run]) => [name, accepting(run)])) as Exports;
}
