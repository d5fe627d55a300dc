/** Loader of the emulator for browsers. */
let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= WebAssembly.compileStreaming(fetch(new URL("../logto_admin_emulator.wasm", import.meta.url))));
}
