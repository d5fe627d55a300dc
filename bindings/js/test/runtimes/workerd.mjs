import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Miniflare } from "miniflare";
import { bundle } from "../bundle.mjs";

/** A worker made of a bundle, and the module beside it. */
export function modules(path) {
  return [
    { type: "ESModule", path, contents: readFileSync(path, "utf8") },
    { type: "CompiledWasm", path: join(dirname(path), "logto_admin.wasm") },
  ];
}

/** What the runtime behaves like. */
export const compatibilityDate = "2026-04-01";

/** Runs a worker, and gives what is made of it. */
export async function withWorker(options, use) {
  const miniflare = new Miniflare({ compatibilityDate, ...options });
  try {
    return await use(miniflare);
  } finally {
    await miniflare.dispose();
  }
}

/** Posts a value to a worker, and gives the value that it answers. */
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
