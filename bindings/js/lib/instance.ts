/** The module's functions, which call the host's. Texts that are missing are empty, numbers that are missing NaN. */
export interface Exports {
  reserve(): number;
  release(client: number): void;
  configure(
    client: number,
    url: string,
    resource: string,
    scope: string,
    appId: string,
    appSecret: string,
    ownTokens: boolean,
    ownStore: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
    limit: number,
    limitPer: number | undefined,
    ambientCookies: boolean,
    isolatesRequests: boolean,
  ): void;
  keep_fresh(client: number, interval: number): void;
  let_age(client: number): void;
  request(
    client: number,
    call: number,
    authentication: number,
    idempotent: boolean,
    hasAuthorization: boolean,
    hasCookies: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
  ): number;
  access_token(client: number, call: number, force: boolean): number;
  cancel(task: number): void;
  settle(operation: number, number: number, text: string, body: string, retryAfter: number | undefined): void;
  trap(): void;
}

/**
 * The host's functions, by name, with the arguments that are texts; those that are yes or no are 1 or 0. One without texts
 * is called as it is: it gives what the module expects, and does not throw.
 */
export type Host = Record<string, [texts: readonly number[], run: (...given: never[]) => unknown]>;

interface Raw {
  memory: WebAssembly.Memory;
  __wbindgen_malloc(bytes: number, alignment: number): number;
}

/**
 * Makes an instance that has this host. In place of wasm-bindgen's own glue, whose module can have one instance: a text
 * crosses the border as a place in the module's memory and a length.
 */
export function instantiate(module: WebAssembly.Module, host: Host): Exports {
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
  const imports: Record<string, WebAssembly.ModuleImports> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    // A name as `__wbg_send_` and 16 digits that change with the module.
    (imports[from] ??= {})[name] = imported(host[name.slice(6, -17)]);
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const raw = exports as unknown as Raw;
  /** Adds a text's place and length to arguments; an empty one needs no place. */
  const pass = (args: unknown[], text: string): void => {
    if (text === "") return void args.push(1, 0);
    const bytes = encoder.encode(text);
    const at = raw.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(raw.memory.buffer, at).set(bytes);
    args.push(at, bytes.length);
  };
  const text = (at = 0, length = 0): string => (length ? decoder.decode(new Uint8Array(raw.memory.buffer, at >>> 0, length)) : "");
  function imported([texts, run]: Host[string] = [[], () => undefined]): (...given: never[]) => unknown {
    if (texts.length === 0) return run;
    return (...given: number[]): unknown => {
      const args: unknown[] = [];
      for (let at = 0; at < given.length; at++) args.push(texts.includes(args.length) ? text(given[at], given[++at]) : given[at]);
      // What a host throws must not fly through the module, which could not clean up behind it.
      try {
        return run(...(args as never[])) ?? true;
      } catch {
        return false;
      }
    };
  }
  const passing = (name: keyof Exports) => (...given: unknown[]): unknown => {
    const args: unknown[] = [];
    for (const one of given) typeof one === "string" ? pass(args, one) : args.push(one);
    return (exports[name] as (...args: unknown[]) => unknown)(...args);
  };
  return { ...exports, configure: passing("configure"), settle: passing("settle") } as unknown as Exports;
}
