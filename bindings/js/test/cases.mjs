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
