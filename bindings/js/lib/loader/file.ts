/** Loader for Node, Deno and Bun. Reads the module's file, or a copy in the bundle if a bundler moved this script. */
import { readFile } from "node:fs/promises";

export const userAgent = true;

let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= compile().catch((error: unknown) => {
    module = undefined;
    throw error;
  }));
}

async function compile(): Promise<WebAssembly.Module> {
  let bytes: BufferSource;
  try {
    bytes = await readFile(new URL("../logto_admin.wasm", import.meta.url));
  } catch {
    bytes = (await import("./bytes.js")).bytes();
  }
  return WebAssembly.compile(bytes);
}
