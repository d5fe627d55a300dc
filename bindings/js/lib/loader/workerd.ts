/** Loader for Cloudflare Workers. They compile modules when they are deployed, and never from bytes. */
// @ts-ignore: only bundlers for Workers support this import.
import wasm from "../logto_admin.wasm";

/** Workers send no `User-Agent`. The header takes about 2 % of the time of a call there. */
export const userAgent = false;
export const isBrowser = false;

export async function load(): Promise<WebAssembly.Module> {
  return wasm;
}
