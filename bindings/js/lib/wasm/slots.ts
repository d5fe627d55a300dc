/**
 * Values by small numbers, which start at 1 and are reused.
 *
 * A map whose keys only grow is rehashed again and again. Everything in its old tables, answers included, survives the
 * next garbage collections.
 */
export class Slots<T> {
  readonly #values: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** Stores a value, and returns its number. */
  add(value: T): number {
    const number = this.#free.pop() ?? this.#values.length;
    this.#values[number] = value;
    return number;
  }

  at(number: number): T | undefined {
    return this.#values[number];
  }

  /** Removes a value, and returns it. */
  take(number: number): T | undefined {
    const value = this.#values[number];
    if (value === undefined) return undefined;
    this.#values[number] = undefined;
    this.#free.push(number);
    return value;
  }

  /** Removes all values, and returns them. */
  clear(): T[] {
    this.#free.length = 0;
    return this.#values.splice(1).filter((value) => value !== undefined);
  }
}
