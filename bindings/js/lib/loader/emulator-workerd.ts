/** Loader of the emulator for Cloudflare Workers. They compile modules when they are deployed, and never from bytes. */
// @ts-ignore: only bundlers for Workers support this import.
import wasm from "../logto_admin_emulator.wasm";

export async function load(): Promise<WebAssembly.Module> {
  return wasm;
}
