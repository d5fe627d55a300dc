/** The module's functions, which call the host's. */
export interface Exports {
  reserve(): number;
  release(client: number): void;
  configure(
    client: number,
    url: string | undefined,
    tenant: string | undefined,
    resource: string | undefined,
    scope: string | undefined,
    appId: string | undefined,
    appSecret: string | undefined,
    ownTokens: boolean,
    ownStore: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
    limit: number | undefined,
    limitPer: number,
    maxResponseBytes: number | undefined,
    ambientCookies: boolean,
    isolatesRequests: boolean,
  ): void;
  keep_fresh(client: number, interval: number): void;
  let_age(client: number): void;
  request(
    client: number,
    call: number,
    method: string,
    path: string,
    query: string,
    headerLines: string,
    authentication: string,
    idempotent: boolean,
    timeout: number | undefined,
    totalTimeout: number | undefined,
    retries: number | undefined,
  ): number;
  access_token(client: number, call: number, force: boolean): number;
  cancel(task: number): void;
  settle(operation: number, number: number, text: string, body: string): void;
  trap(): void;
}

/** Makes an instance that has this host. */
export function instantiate(module: WebAssembly.Module, host: object): Exports;
