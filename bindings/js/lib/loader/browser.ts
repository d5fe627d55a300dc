/** Loader for browsers. Compiles the module while it arrives, or a copy in another chunk if a bundler lost its file. */

/** Browsers replace a custom `User-Agent`, or send a preflight request for it. */
export const userAgent = false;
export const isBrowser = true;

let module: Promise<WebAssembly.Module> | undefined;

export function load(): Promise<WebAssembly.Module> {
  return (module ??= compile().catch((error: unknown) => {
    module = undefined;
    throw error;
  }));
}

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(new URL("../logto_admin.wasm", import.meta.url)));
  } catch (error) {
    // A content security policy that blocks this also blocks compiling the copy.
    if (error instanceof WebAssembly.CompileError && /policy|unsafe-eval/i.test(error.message)) throw error;
    return WebAssembly.compile((await import("./bytes.js")).bytes());
  }
}
