import { isDeepStrictEqual } from "node:util";

/** Fails unless the values are equal. `what` is about the values. */
export function equal(actual, expected, what = "values") {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${JSON.stringify(what)}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

/** Runs all cases. Returns the names of those that pass, and the errors of the others. */
export async function runCases(cases, context) {
  const results = { passed: [], failed: [] };
  for (const [name, run] of Object.entries(cases)) {
    try {
      await run(context);
      results.passed.push(name);
    } catch (error) {
      results.failed.push(`${name}: ${error?.stack ?? error}`);
    }
  }
  return results;
}
