/** Loader for Node, Deno and Bun. Reads the module's file, or a copy in the bundle if a bundler moved this script. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const userAgent = true;
export const isBrowser = false;

let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= compile().catch((error: unknown) => {
    module = undefined;
    throw error;
  }));
}

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readFile(path("logto_admin.wasm")));
  } catch {
    // A bundler has moved this script, or changed the file.
    return WebAssembly.compile((await import("./bytes.js")).bytes());
  }
}

/** Returns where a file of the package is. A CommonJS module has a folder, and no URL. */
export function path(name: string): URL | string {
  const url = import.meta.url as string | undefined;
  return url === undefined ? join(__dirname, "..", name) : new URL(`../${name}`, url);
}
