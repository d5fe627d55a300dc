// wasm-bindgen writes a module that can have one instance. Here it becomes a function that makes one, so that an
// instance that has trapped can be replaced.

/** From the glue of `--target web` to a module with `instantiate(module, host)`. */
export function instanceSource(glue) {
  const loader = glue.indexOf("async function __wbg_load(");
  if (loader < 0 || !glue.includes("function __wbg_finalize_init(")) {
    throw new Error("wasm-bindgen's glue has changed: scripts/glue.mjs has to be taught its new form");
  }
  const exported = [...glue.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const body = glue.slice(0, loader).replace(/^export /gm, "").replace(/^\/\*\*[\s\S]*?\*\/\n/gm, "");
  return `export function instantiate(module, host) {
${body}
__wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
return { ${exported.join(", ")} };
}
`;
}
