/** Edge runtimes and whatever else: the module is text in the bundle. */
import { bytes } from "./bytes.js";

export const userAgent = true;

let module: WebAssembly.Module | undefined;

/** In no promise that requests would share. */
export async function load(): Promise<WebAssembly.Module> {
  return (module ??= new WebAssembly.Module(bytes()));
}
