/** Browsers compile the module while it arrives; where a bundler has lost it, from a copy in a chunk of its own. */

/** Browsers put their own name in its place, or ask the server first whether it may be sent. */
export const userAgent = false;

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
    // A content security policy that forbids the one forbids the other.
    if (error instanceof WebAssembly.CompileError && /policy|unsafe-eval/i.test(error.message)) throw error;
    return WebAssembly.compile((await import("./bytes.js")).bytes());
  }
}
