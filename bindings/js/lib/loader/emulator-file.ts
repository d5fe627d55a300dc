/** Loader of the emulator for Node, Deno and Bun. */
import { readFile } from "node:fs/promises";
import { path } from "./file.js";

const FILE = "logto_admin_emulator.wasm";

let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= compile());
}

async function compile(): Promise<WebAssembly.Module> {
  const bytes = await readFile(path(FILE)).catch((cause: unknown) => {
    // The file is too large for a copy in each bundle.
    const advice = `leave \`logto-admin/emulator\` out of the bundle, or copy logto-admin/dist/${FILE} there`;
    throw new Error(`cannot read ${path(FILE)}: ${advice}`, { cause });
  });
  return WebAssembly.compile(bytes);
}
