import { copyFileSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";

/** Leaves WebAssembly modules to the runtime, in the folder of the bundle. */
const wasm = {
  name: "wasm",
  setup(build) {
    build.onResolve({ filter: /logto_admin(_emulator)?\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
  },
};

/** Bundles a file of the folder for a runtime, and copies the module next to it. */
export async function bundle(folder, entry, outfile, conditions, format = "esm", external = []) {
  mkdirSync(dirname(join(folder, outfile)), { recursive: true });
  await build({ absWorkingDir: folder, entryPoints: [entry], outfile, bundle: true, format, conditions, plugins: [wasm], external, logLevel: "error" });
  copyFileSync(join(folder, "node_modules/logto-admin/dist/logto_admin.wasm"), join(folder, dirname(outfile), "logto_admin.wasm"));
  return join(folder, outfile);
}
