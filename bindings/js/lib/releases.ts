import type { Operation } from "./group.js";

const NEXT = 43;

const name = (minor: number): string => (minor < NEXT ? `1.${minor}` : "next");

/** Returns the hint for an operation that the server lacks. */
export function releaseHint({ since, removed }: Operation): string | undefined {
  const change = removed
    ? "a release after Logto 1.30 removed"
    : since > 17 && `${since < NEXT ? "" : "the release after "}Logto 1.${Math.min(since, NEXT - 1)} introduced`;
  return change ? `check the release of the server: ${change} this operation` : undefined;
}

/** Returns the oldest and the newest release whose operations match an API document. */
export function fitting(paths: Record<string, object>, operations: Operation[]): { oldest: string; newest: string } {
  const offered = new Set<string>();
  for (const path in paths) for (const method in paths[path]) offered.add(key(method, path));
  let [oldest, newest] = [17, NEXT];
  for (const { method, path, since, removed } of operations) {
    if (offered.has(key(method, path))) {
      oldest = Math.max(oldest, since);
      if (removed) newest = Math.min(newest, 30);
    } else if (!removed) newest = Math.min(newest, since - 1);
  }
  return { oldest: name(oldest), newest: name(Math.max(oldest, newest)) };
}

/** Returns method and path without the names of parameters, which differ between releases. */
const key = (method: string, path: string): string => `${method.toUpperCase()} ${path.replace(/{\w+}/g, "{}")}`;
