export async function bundlers() {
  return { passed: [], failed: [] };
}
