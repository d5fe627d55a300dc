import { bad, isObject } from "./checks.js";

/** A path with its parameters in place, each of which stays one segment. */
export function fill(path: string, values: Record<string, unknown>): string {
  if (!path.includes("{")) return path;
  return path.replace(/{(\w+)}/g, (_, name: string) => segment(name, values[name]));
}

/** URL parsers fold dots, however they are encoded; an empty segment is another route. */
function segment(name: string, value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") throw bad(name, "is no string");
  const text = String(value);
  if (text === "") throw bad(name, "is empty: the request would reach another route");
  if (text === "." || text === "..") throw bad(name, `is \`${text}\`, which URLs cannot carry as a segment`);
  return encodeURIComponent(text);
}

/** Members of a query: lists repeat their name, what is undefined is left out. */
export function query(members: unknown): string {
  if (members === undefined) return "";
  if (!isObject(members)) throw bad("query", "is no object");
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    if (value !== undefined && value !== null) pairs.append(name === "pageSize" ? "page_size" : name, plain(name, value));
  };
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (Array.isArray(value)) for (const one of value) add(name, one);
    else add(name, value);
  }
  return pairs.toString();
}

function plain(name: string, value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  return isObject(value) ? JSON.stringify(value) : typeof value === "function" ? refuse(name) : String(value);
}

function refuse(name: string): never {
  throw bad(`query.${name}`, "is no value");
}
