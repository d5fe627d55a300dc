/** Loader of the emulator for Node, Deno and Bun. */
import { readFile } from "node:fs/promises";
import { path } from "./file.js";

let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= readFile(path("logto_admin_emulator.wasm")).then((bytes) => WebAssembly.compile(bytes)));
}
