import { bad, checkPairs, isObject, json } from "./checks.js";

/** Replaces the parameters of a path by their values. Each value stays one segment. */
export function fill(path: string, values: Record<string, unknown>): string {
  if (!path.includes("{")) return path;
  return path.replace(/{([^{}]+)}/g, (_, name: string) => segment(name, values[name]));
}

/** Encodes a segment. URL parsers fold segments of dots, however they are encoded. */
function segment(name: string, value: unknown): string {
  if (typeof value !== "string" && !Number.isFinite(value)) throw bad(name, "is not a string");
  const text = String(value);
  if (text === "") throw bad(name, "is empty, so the request would reach another route");
  if (text === "." || text === "..") throw bad(name, `is \`${text}\`, which URLs cannot carry as a segment`);
  checkPairs(name, text);
  return encodeURIComponent(text);
}

/** Encodes a query. An array repeats its name. Members that are null or undefined are left out. */
export function query(members: Record<string, unknown> | undefined): string {
  if (members === undefined) return "";
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    // The server refuses an empty search, which means all items.
    if (name === "search" && value === "") return;
    if (value !== undefined && value !== null) pairs.append(name === "pageSize" ? "page_size" : name, plain(name, value));
  };
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (isObject(value) && Symbol.iterator in value) for (const one of value as Iterable<unknown>) add(name, one);
    else add(name, value);
  }
  return pairs.toString();
}

function plain(name: string, value: unknown): string {
  if (isObject(value) && !(value instanceof Date)) return json(`query.${name}`, value);
  const plain = value instanceof Date ? value.getTime() : value;
  const isText = typeof plain === "string" || typeof plain === "boolean" || typeof plain === "bigint";
  checkPairs(`query.${name}`, plain);
  if (!isText && !Number.isFinite(plain)) throw bad(`query.${name}`, `is a ${typeof plain} that a query cannot carry`);
  return String(plain);
}
