/** Loader for edge runtimes and all others. Decodes the module from text in the bundle. */
import { bytes } from "./bytes.js";

export const userAgent = true;
export const isBrowser = false;

let module: WebAssembly.Module | undefined;

/** Does not cache a promise, because requests must not share one. */
export async function load(): Promise<WebAssembly.Module> {
  return (module ??= new WebAssembly.Module(bytes()));
}
