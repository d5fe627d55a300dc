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

/** Returns the kind of an object of any realm, such as `[object Error]`. */
export function kindOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** Returns a copy of bytes. Undefined if the value is something else. Shared memory cannot be used in most places. */
export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  return isObject(value) && kindOf(value) === "[object ArrayBuffer]" ? new Uint8Array(value as unknown as ArrayBuffer) : undefined;
}
