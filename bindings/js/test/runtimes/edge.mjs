import { readFileSync } from "node:fs";
import { EdgeRuntime } from "edge-runtime";
import { bundle } from "../bundle.mjs";

export async function edge({ folder, server }) {
  const path = await bundle(folder, "test/runtimes/edge-entry.mjs", "edge/entry.js", ["edge-light"], "iife");
  const runtime = new EdgeRuntime({ initialCode: readFileSync(path, "utf8") });
  const response = await runtime.dispatchFetch(`http://edge/?server=${encodeURIComponent(server)}`);
  return response.json();
}
