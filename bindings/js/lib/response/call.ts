import { isBad } from "../checks.js";
import type { LogtoResponse } from "./answer.js";
import { LogtoError } from "./errors.js";

/** The data of a call, with the status, headers and URL of its response. */
export interface WithResponse<T> {
  data: T;
  response: LogtoResponse;
}

/**
 * A call: a promise of its data. Use {@link Call.withResponse} to also get status, headers and URL.
 *
 * The promise rejects with a `LogtoError` if the call fails, and with a `TypeError` if an argument is invalid.
 */
export class Call<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Call";
  readonly #start: () => Promise<WithResponse<T>>;
  readonly #caller = caller();
  #made: Promise<WithResponse<T>> | undefined;

  /** @internal */
  constructor(start: () => Promise<WithResponse<T>>) {
    this.#start = start;
  }

  /**
   * Returns the data together with the status, headers and URL of the response.
   *
   * @returns A promise that rejects like the call itself.
   * @throws TypeError if an argument of the call is invalid.
   * @throws LogtoError if the call fails.
   * @example
   * ```ts
   * const { data, response } = await logto.users.get("user-id").withResponse();
   * console.log(data.name, response.status, response.headers.get("etag"));
   * ```
   */
  withResponse(): Promise<WithResponse<T>> {
    return traced(this.#sent(), this.#caller);
  }

  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return traced(this.#sent().then(({ data }) => data), this.#caller).then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, rejected);
  }

  finally(finished?: (() => void) | null): Promise<T> {
    return this.then().finally(finished);
  }

  #sent(): Promise<WithResponse<T>> {
    return (this.#made ??= this.#start());
  }
}

/**
 * Whether stacks include the functions that await the current one. Errors of engines other than V8 have these members.
 * Found out by the first call: V8 parses a script again when it creates an error while it loads the script.
 */
let showsAwaits: boolean | undefined;

/**
 * Returns the caller's stack, unless the engine's stacks have awaiting functions. A stack costs up to 5 % of a call.
 */
export function caller(): Error | undefined {
  showsAwaits ??= !["line", "lineNumber"].some((name) => name in new Error());
  return showsAwaits ? undefined : new Error();
}

/**
 * Awaits the result of a call. If an error of this package ends it, the stack of that error leads to the code that made
 * the call. The error was created after that code had returned.
 */
export async function traced<T>(call: Promise<T>, from: Error | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof LogtoError || isBad(error) ? calledFrom(from ?? new Error(), error) : error;
  }
}

function calledFrom({ stack = "" }: Error, error: Error): Error {
  const { stack: own = "" } = error;
  const frames = stack.indexOf(showsAwaits ? `${FRAME}async ` : FRAME);
  // In some engines, a stack begins with the message.
  if (frames >= 0) error.stack = own.slice(0, own.indexOf(FRAME)) + stack.slice(frames);
  else if (!showsAwaits && stack.includes("\n")) error.stack = stack;
  return error;
}

const FRAME = "\n    at ";
