/** Cloudflare Workers compile modules when they are deployed, and never from bytes. */
// @ts-ignore: only bundlers for Workers know such an import.
import wasm from "../logto_admin.wasm";

export const userAgent = true;

export async function load(): Promise<WebAssembly.Module> {
  return wasm as WebAssembly.Module;
}
