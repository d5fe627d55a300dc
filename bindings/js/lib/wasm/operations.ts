import type { Exports } from "./module.js";

/** Operations of the host in progress, by the numbers of the module, which are small and reused. */
export class Operations {
  readonly #stops: ((() => void) | undefined)[] = [];
  readonly #enter: (run: (wasm: Exports) => void) => void;

  /** @param enter - Runs a function of the module. */
  constructor(enter: (run: (wasm: Exports) => void) => void) {
    this.#enter = enter;
  }

  /**
   * Starts an operation.
   *
   * @param stop - Stops what the operation waits for.
   * @returns A function that settles the operation, unless it was cancelled.
   */
  start(operation: number, stop: () => void): (settle: (wasm: Exports) => void) => void {
    this.#stops[operation] = stop;
    return (settle) => {
      if (this.#stops[operation] !== stop) return;
      this.#stops[operation] = undefined;
      this.#enter(settle);
    };
  }

  cancel(operation: number): void {
    const stop = this.#stops[operation];
    this.#stops[operation] = undefined;
    stop?.();
  }

  cancelAll(): void {
    for (const stop of this.#stops.splice(0)) stop?.();
  }
}
