import { bad, expectObject } from "../checks.js";
import { isIterable, isObject, kindOf } from "../values.js";

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
  // JSON would have `null` instead of such a number, and nothing instead of a function.
  if (typeof value === "number" ? !Number.isFinite(value) : /^(function|symbol)$/.test(typeof value)) throw notPlain(name);
  if (!isObject(value)) return;
  if (ArrayBuffer.isView(value) || typeof value["then"] === "function" || (value instanceof Date && !Number.isFinite(value.getTime()))) throw notPlain(name);
  // Bun has JSON for files, forms and headers.
  if (typeof value["toJSON"] === "function" && !/(Blob|File|FormData|Params|Headers)\]$/.test(kindOf(value))) return;
  const isList = Array.isArray(value);
  if (!isList && !isRecord(value)) throw notPlain(name);
  for (const [key, member] of Object.entries(value)) expectPlain(isList ? `${name}[${key}]` : `${name}.${key}`, member);
}

/** Whether an object holds members. Streams, errors and the like have names of their own. */
function isRecord(value: object): boolean {
  return !isIterable(value) && kindOf(value) === "[object Object]";
}

/** Rejects an object that does not hold the members of a form. */
export function expectRecord(name: string, value: unknown): asserts value is object {
  expectObject(value, name);
  if (!isRecord(value)) throw notPlain(name);
}

function notPlain(name: string, cause?: unknown): TypeError {
  return bad(name, "is not plain data that can be sent as JSON", cause);
}
