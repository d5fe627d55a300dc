import { bad } from "../checks.js";
import { isIterable, isObject } from "../values.js";

/** Returns the JSON of an object. Rejects values that JSON has no form for: they would be sent as empty objects. */
export function json(name: string, value: object): string {
  let text = "";
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  // A date would be a text.
  if (!/^[{[]/.test(text)) throw notPlain(name, cause);
  expectPlain(name, value);
  return text;
}

function expectPlain(name: string, value: unknown): void {
  if (!isObject(value)) return;
  const isList = Array.isArray(value);
  if (ArrayBuffer.isView(value) || typeof value["then"] === "function" || (isIterable(value) && !isList)) throw notPlain(name);
  if (typeof value["toJSON"] === "function") return;
  // Streams, errors and the like have names of their own.
  if (!isList && String(Object.prototype.toString.call(value)) !== "[object Object]") throw notPlain(name);
  for (const [key, member] of Object.entries(value)) expectPlain(isList ? `${name}[${key}]` : `${name}.${key}`, member);
}

function notPlain(name: string, cause?: unknown): TypeError {
  return bad(name, "is not plain data that can be sent as JSON", cause);
}
