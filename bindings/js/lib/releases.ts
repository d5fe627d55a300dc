import { introduced, LAST_WITH_REMOVED, NEXT, OLDEST, REMOVED } from "./defaults.js";
import type { Operation } from "./request/operation.js";

const name = (minor: number): string => (minor < NEXT ? `1.${minor}` : "next");

/** Returns the hint for an operation that the server lacks. */
export function releaseHint({ since, removed }: Operation): string | undefined {
  if (removed) return REMOVED;
  return since > OLDEST ? introduced(since) : undefined;
}

/** Returns the oldest and newest releases whose operations match an API document. */
export function fitting(paths: Record<string, object>, operations: Operation[]): { oldest: string; newest: string } {
  const offered = new Set<string>();
  for (const path in paths) for (const method in paths[path]) offered.add(key(method, path));
  let [oldest, newest] = [OLDEST, NEXT];
  for (const { method, path, since, removed } of operations) {
    if (offered.has(key(method, path))) {
      oldest = Math.max(oldest, since);
      if (removed) newest = Math.min(newest, LAST_WITH_REMOVED);
    } else if (!removed) newest = Math.min(newest, since - 1);
  }
  return { oldest: name(oldest), newest: name(Math.max(oldest, newest)) };
}

/** Returns method and path without the names of parameters. The names differ between releases. */
const key = (method: string, path: string): string => `${method.toUpperCase()} ${path.replace(/{\w+}/g, "{}")}`;
