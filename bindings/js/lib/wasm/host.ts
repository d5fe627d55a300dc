import { send, SendFailure } from "../request/send.js";
import { tokenRequest } from "../request/token.js";
import { type Answer, retryAfter } from "../response/answer.js";
import type { Settings } from "../settings.js";
import type { Host } from "./module.js";
import type { Operations } from "./operations.js";
import type { FailedCall, PendingCall } from "./pending.js";

/** What the functions of the host need from the engine. */
export interface HostContext {
  readonly operations: Operations;
  settings(client: number): Settings;
  pending(call: number): PendingCall | undefined;
  resolve(call: number, token: string): void;
  reject(call: number, failed: FailedCall): void;
}

/** Returns the functions that the module calls. */
export function host(context: HostContext): Host {
  const { operations } = context;

  /** Sends a request, and passes the answer to `answered`. */
  function exchange(operation: number, run: (signal: AbortSignal) => Promise<Answer>, answered: (answer: Answer, settle: Settle) => void, failed: (cause: unknown) => void): void {
    const controller = new AbortController();
    const settle = operations.start(operation, () => controller.abort());
    run(controller.signal).then(
      (answer) => answered(answer, settle),
      (error: unknown) => {
        const { kind, message, cause } = error instanceof SendFailure ? error : { kind: 0, message: String(error), cause: error };
        failed(cause);
        settle((wasm) => wasm.settle_failure(operation, kind, message));
      },
    );
  }

  /** Runs a function of the user, but never inside the module. */
  function ask(operation: number, settings: Settings, what: string, run: () => Promise<[text: string, seconds: number]>): void {
    const settle = operations.start(operation, () => {});
    void Promise.resolve()
      .then(run)
      .then(
        ([text, seconds]) => settle((wasm) => wasm.settle_value(operation, text, seconds)),
        (cause: unknown) => {
          settings.cause = cause;
          settle((wasm) => wasm.settle_failure(operation, 0, `${what}: ${String(cause)}`));
        },
      );
  }

  /** Uses the token store of the user. */
  function store(operation: number, client: number, run: (store: NonNullable<Settings["options"]["tokenStore"]>) => unknown): void {
    const settings = context.settings(client);
    const { tokenStore } = settings.options;
    ask(operation, settings, "the token store failed", async () => {
      try {
        const value = tokenStore && (await run(tokenStore));
        return [typeof value === "string" ? value : "", 0];
      } catch (error) {
        settings.log("warn", `the token store failed (${String(error)}); this instance uses its own token`);
        throw error;
      }
    });
  }

  return {
    now: { texts: [], run: () => Date.now() },
    monotonic: { texts: [], run: () => performance.now() },
    random: { texts: [], run: () => Math.random() },
    send: {
      texts: [4],
      run: (operation: number, client: number, call: number, attempt: number, authorization: string) => {
        const pending = context.pending(call);
        if (!pending?.request) return false;
        const { operation: { id, method }, url, headers, body } = pending.request;
        const sent = authorization ? { ...headers, authorization } : { ...headers };
        const run = (signal: AbortSignal): Promise<Answer> =>
          send(context.settings(client), { operation: id, attempt, tokenCall: false, method, url, headers: sent, body, signal });
        exchange(operation, run, (answer, settle) => {
          pending.answer = answer;
          const { status } = answer.response;
          const { code = "", message = "" } = status < 400 ? {} : errorFields(answer.text);
          settle((wasm) => wasm.settle_answer(operation, status, retryAfter(answer), isHtml(answer), code, message));
        }, (cause) => (pending.cause = cause));
        return true;
      },
    },
    send_token: {
      texts: [],
      run: (operation: number, client: number, attempt: number) => {
        const settings = context.settings(client);
        const run = async (signal: AbortSignal): Promise<Answer> => {
          const { authorization, body } = await tokenRequest(settings);
          const headers = { ...settings.tokenHeaders, "content-type": "application/x-www-form-urlencoded", authorization };
          const url = `${settings.url}/oidc/token`;
          return send(settings, { operation: "OidcToken", attempt, tokenCall: true, method: "POST", url, headers, body, signal });
        };
        exchange(operation, run, (answer, settle) => {
          settings.tokenAnswer = answer;
          settings.cause = undefined;
          const { error, error_description, access_token, expires_in, scope } = parsed(answer.text) ?? {};
          const { status } = answer.response;
          settle((wasm) =>
            wasm.settle_token_answer(
              operation, status, retryAfter(answer), isHtml(answer), text(error), text(error_description), text(access_token),
              expires_in !== undefined && expires_in !== null, Number(expires_in), typeof scope === "string", text(scope),
            ),
          );
        }, (cause) => (settings.cause = cause));
        return true;
      },
    },
    sleep: {
      texts: [],
      run: (operation: number, milliseconds: number, background: number) => {
        let timer: ReturnType<typeof setTimeout>;
        const settle = operations.start(operation, () => clearTimeout(timer));
        const wait = (left: number): void => {
          const step = Math.min(left, 0x7fffffff);
          timer = setTimeout(() => (left > step ? wait(left - step) : settle((wasm) => wasm.settle_sleep(operation))), step);
          if (background) unref(timer);
        };
        wait(milliseconds);
        return true;
      },
    },
    fetch_token: {
      texts: [],
      run: (operation: number, client: number) => {
        const settings = context.settings(client);
        ask(operation, settings, "`getToken` failed", async () => {
          const token = await settings.options.getToken?.();
          const { accessToken, expiresIn = 0 } = typeof token === "string" ? { accessToken: token } : (token ?? {});
          if (typeof accessToken !== "string" || accessToken === "") throw new TypeError("it returned no token");
          return [accessToken, expiresIn];
        });
        return true;
      },
    },
    store_get: {
      texts: [2],
      run: (operation: number, client: number, key: string) => store(operation, client, (store) => store.get(key)),
    },
    store_set: {
      texts: [2, 3],
      run: (operation: number, client: number, key: string, value: string, seconds: number) =>
        store(operation, client, (store) => store.set(key, value, seconds || undefined)),
    },
    store_remove: {
      texts: [2],
      run: (operation: number, client: number, key: string) =>
        store(operation, client, (store) => (store.delete ? store.delete(key) : store.set(key, "", undefined))),
    },
    cancel: { texts: [], run: (operation: number) => operations.cancel(operation) },
    resolve: { texts: [], run: (call: number) => context.resolve(call, "") },
    resolve_token: { texts: [1], run: (call: number, token: string) => context.resolve(call, token) },
    reject: {
      texts: [2, 3, 5, 6, 8],
      run: (call: number, ofToken: number, kind: string, message: string, status: number, code: string, hint: string, attempts: number, stopReason: string) =>
        context.reject(call, { ofToken: ofToken !== 0, kind, message, status, code, hint, attempts, stopReason }),
    },
  };
}

type Settle = ReturnType<Operations["start"]>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function parsed(json: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(json) as Record<string, unknown> | null) ?? {};
  } catch {
    return undefined;
  }
}

/** Returns code and message of an error. The message defaults to the start of the body. */
function errorFields(body: string): { code?: string; message?: string } {
  const { code, message } = parsed(body) ?? {};
  return { code: text(code), message: text(message) || body.slice(0, 200).trim() || "the response has no body" };
}

function isHtml({ response }: Answer): boolean {
  return response.headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** Lets the process end while the timer is active. */
function unref(timer: unknown): void {
  const deno = (globalThis as { Deno?: { unrefTimer(timer: unknown): void } }).Deno;
  if (typeof timer === "object") (timer as { unref?(): void }).unref?.();
  else deno?.unrefTimer(timer);
}
