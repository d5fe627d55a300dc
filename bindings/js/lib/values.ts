/** Values whose type is unknown. */

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && Symbol.iterator in value;
}

/** Returns the value if it is a string, and otherwise an empty one. */
export function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns the text of what a function of the user has thrown. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "an object without text";
  }
}
