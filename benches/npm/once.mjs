// Compiles and instantiates a module once. Node runs it in a new process: once.mjs FILE
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** Returns the milliseconds of both steps. A browser page runs this function too, so it must be self-contained. */
export function once(bytes) {
  const source = Uint8Array.from(bytes);
  const begin = performance.now();
  const module = new WebAssembly.Module(source);
  const compiled = performance.now();
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const before = performance.now();
  new WebAssembly.Instance(module, imports);
  return { compile: compiled - begin, instantiate: performance.now() - before };
}

const [, script, file] = process.argv;
if (import.meta.url === pathToFileURL(script).href) console.log(JSON.stringify(once(readFileSync(file))));
