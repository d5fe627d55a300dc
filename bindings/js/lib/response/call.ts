import type { LogtoResponse } from "./answer.js";

/** Data and the answer that it came in. */
export interface WithResponse<T> {
  data: T;
  response: LogtoResponse;
}

/** A call under way: a promise of its data; with `withResponse()`, of status, headers and URL too. */
export class Call<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Call";
  readonly #start: () => Promise<WithResponse<T>>;
  #made: Promise<WithResponse<T>> | undefined;

  /** @internal */
  constructor(start: () => Promise<WithResponse<T>>) {
    this.#start = start;
  }

  /** The data together with status, headers and URL of the answer. */
  withResponse(): Promise<WithResponse<T>> {
    return (this.#made ??= this.#start());
  }

  then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // One promise, not two; what is no function is ignored, as by every promise.
    const given = typeof fulfilled === "function" ? fulfilled : (data: T) => data as unknown as A;
    return this.withResponse().then(({ data }) => given(data), rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, rejected);
  }

  finally(finished?: (() => void) | null): Promise<T> {
    return this.then().finally(finished);
  }
}
