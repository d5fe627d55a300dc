import { bad } from "../checks.js";

/** The modules by their sources. A `Response` can be read once. */
const modules = new WeakMap<object, Promise<WebAssembly.Module>>();

/** Compiles the module that the application passes, once. */
export function compiled(source: object): Promise<WebAssembly.Module> {
  let module = modules.get(source);
  if (!module) {
    module = compile(source);
    modules.set(source, module);
    // A failed download can be repeated.
    module.catch(() => modules.delete(source));
  }
  return module;
}

async function compile(source: object): Promise<WebAssembly.Module> {
  let from: unknown = await source;
  if (from instanceof URL) from = await fetch(from);
  if (from instanceof WebAssembly.Module) return from;
  const bytes = from instanceof Response ? await from.arrayBuffer() : (from as BufferSource);
  return WebAssembly.compile(bytes).catch((cause) => {
    throw bad("wasm", "is not the module of this package", cause);
  });
}
