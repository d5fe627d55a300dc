// Bare fetch, after an instance of the package's module was created in a worker.
import wasm from "logto-admin/logto_admin.wasm";
import { reader as bare } from "../sides/fetch.mjs";

export function reader(url) {
  const host = {};
  for (const { name } of WebAssembly.Module.imports(wasm)) host[name] = () => 0;
  new WebAssembly.Instance(wasm, { host });
  return bare(url);
}
