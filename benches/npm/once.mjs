// Compiles and instantiates the module in a process that has not done so before.
import { readFileSync } from "node:fs";

const bytes = readFileSync(new URL("../peers/node_modules/logto-admin/dist/logto_admin.wasm", import.meta.url));
const begin = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
const before = performance.now();
new WebAssembly.Instance(module, imports);
console.log(JSON.stringify({ compile: compiled - begin, instantiate: performance.now() - before }));
