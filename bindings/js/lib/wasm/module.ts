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
  settle_done(operation: number, done: boolean): void;
  settle_token(operation: number, token: string, lifetime: number, age: number, scope: string, missing: string): void;
  settle_answer(operation: number, status: number, retryAfter: number, isHtml: boolean, code: string, message: string): void;
  settle_token_answer(
    operation: number,
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
  settle_failure(operation: number, kind: number, message: string): void;
}

/** Functions of the host by name, with the positions of their text arguments. Booleans arrive as 1 or 0. */
export type Host = Record<string, { texts: readonly number[]; run: (...given: never[]) => unknown }>;

/** Exports with text arguments. */
const PASSING_TEXTS = ["configure", "call", "settle_token", "settle_answer", "settle_token_answer", "settle_failure"] as const;

interface Raw {
  memory: WebAssembly.Memory;
  __wbindgen_malloc(bytes: number, alignment: number): number;
}

/**
 * Creates an instance with this host. Replaces the glue of wasm-bindgen, which supports only one instance of a module.
 * A text is passed as its address in the memory of the module and its length.
 */
export function instantiate(module: WebAssembly.Module, host: Host): Exports {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const imports: WebAssembly.ModuleImports = {};
  for (const { name } of WebAssembly.Module.imports(module)) imports[name] = imported(host[name]);
  const { exports } = new WebAssembly.Instance(module, { host: imports });
  const raw = exports as unknown as Raw;

  /** Appends the address and the length of a text to arguments. */
  function pass(args: unknown[], text: string): void {
    if (text === "") return void args.push(1, 0);
    const bytes = encoder.encode(text);
    const at = raw.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(raw.memory.buffer, at).set(bytes);
    args.push(at, bytes.length);
  }

  function text(at = 0, length = 0): string {
    return length ? decoder.decode(new Uint8Array(raw.memory.buffer, at >>> 0, length)) : "";
  }

  function imported({ texts, run }: Host[string] = { texts: [], run: () => undefined }): (...given: never[]) => unknown {
    if (texts.length === 0) return run;
    return (...given: number[]): unknown => {
      const args: unknown[] = [];
      for (let at = 0; at < given.length; at++) args.push(texts.includes(args.length) ? text(given[at], given[++at]) : given[at]);
      // The module cannot clean up if an exception unwinds through it.
      try {
        return run(...(args as never[])) ?? true;
      } catch {
        return false;
      }
    };
  }

  function passing(name: (typeof PASSING_TEXTS)[number]): (...given: unknown[]) => unknown {
    return (...given) => {
      const args: unknown[] = [];
      for (const one of given) typeof one === "string" ? pass(args, one) : args.push(one);
      return (exports[name] as (...args: unknown[]) => unknown)(...args);
    };
  }

  return { ...exports, ...Object.fromEntries(PASSING_TEXTS.map((name) => [name, passing(name)])) } as unknown as Exports;
}
