import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Miniflare } from "miniflare";
import { bundle } from "../bundle.mjs";

/** Returns the modules of a worker: a bundle, and the WebAssembly next to it. */
export function modules(path) {
  return [
    { type: "ESModule", path, contents: readFileSync(path, "utf8") },
    { type: "CompiledWasm", path: join(dirname(path), "logto_admin.wasm") },
  ];
}

/** The runtime behaves as of this date. */
export const compatibilityDate = "2026-04-01";

/** Starts workers, and returns the result of `use`. */
export async function withWorker(options, use) {
  const miniflare = new Miniflare({ compatibilityDate, ...options });
  try {
    return await use(miniflare);
  } finally {
    await miniflare.dispose();
  }
}

/** Posts a value to a worker, and returns the value of its answer. */
export async function ask(miniflare, value) {
  const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify(value) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return JSON.parse(text);
}

export async function workerd({ folder, server }) {
  const path = await bundle(folder, "test/runtimes/worker.mjs", "workerd/worker.mjs", ["workerd"]);
  return withWorker({ modules: modules(path), modulesRoot: dirname(path) }, (miniflare) => ask(miniflare, { server }));
}
