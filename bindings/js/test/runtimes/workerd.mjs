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

export async function workerd({ folder, server }) {
  const path = await bundle(folder, "test/runtimes/worker.mjs", "workerd/worker.mjs", ["workerd"]);
  const miniflare = new Miniflare({ modules: modules(path), modulesRoot: dirname(path), compatibilityDate: "2026-04-01" });
  try {
    const response = await miniflare.dispatchFetch("http://worker/", { method: "POST", body: JSON.stringify({ server }) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return JSON.parse(text);
  } finally {
    await miniflare.dispose();
  }
}
