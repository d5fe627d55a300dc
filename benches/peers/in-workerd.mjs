// The worker that makes the calls, with the package bundled for Workers.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../../bindings/js/test/bundle.mjs";
import { modules, withWorker } from "../../bindings/js/test/runtimes/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Bundles a file of this folder for a runtime. The output is in its own folder, which Git ignores. */
export const bundled = (entry, name, condition) => bundle(here, entry, `node_modules/.cache/benches/${name}/${name}.mjs`, [condition]);

/** Runs the worker, passes it to `use`, and returns the result of `use`. */
export async function withCalls(use) {
  const path = await bundled("worker.mjs", "calls", "workerd");
  return withWorker({ modules: modules(path), modulesRoot: dirname(path) }, use);
}
