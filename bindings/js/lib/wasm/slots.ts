/**
 * Values by small numbers from 1, which are used again.
 *
 * A map of numbers that only grow is made anew again and again, and what its old tables hold outlives the next
 * collections of garbage: answers among it.
 */
export class Slots<T> {
  readonly #values: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** Keeps a value, and gives its number. */
  add(value: T): number {
    const number = this.#free.pop() ?? this.#values.length;
    this.#values[number] = value;
    return number;
  }

  at(number: number): T | undefined {
    return this.#values[number];
  }

  /** Gives a value, and forgets it. */
  take(number: number): T | undefined {
    const value = this.#values[number];
    if (value === undefined) return undefined;
    this.#values[number] = undefined;
    this.#free.push(number);
    return value;
  }

  /** Gives every value, and forgets them. */
  clear(): T[] {
    this.#free.length = 0;
    return this.#values.splice(1).filter((value) => value !== undefined);
  }
}
