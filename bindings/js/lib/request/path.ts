import { bad, checkPairs } from "../checks.js";

/** Replaces the parameters of a path by their values. Each value stays one segment. */
export function fillPath(path: string, values: Record<string, unknown>): string {
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
