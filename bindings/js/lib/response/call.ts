import type { LogtoResponse } from "./answer.js";
import { caller, traced } from "./stack.js";

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
