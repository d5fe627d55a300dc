import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** Leaves WebAssembly modules to the runtime, as `./logto_admin.wasm`. */
const wasm = {
  name: "wasm",
  setup(build) {
    build.onResolve({ filter: /logto_admin\.wasm$/ }, () => ({ path: "./logto_admin.wasm", external: true }));
  },
};

/** Bundles a file of the folder for a runtime, and copies the package's module next to it. */
export async function bundle(folder, entry, outfile, conditions, format = "esm", external = []) {
  mkdirSync(dirname(join(folder, outfile)), { recursive: true });
  await build({ absWorkingDir: folder, entryPoints: [entry], outfile, bundle: true, format, conditions, plugins: [wasm], external, logLevel: "error" });
  copyFileSync(join(folder, "node_modules/logto-admin/dist/logto_admin.wasm"), join(folder, dirname(outfile), "logto_admin.wasm"));
  return join(folder, outfile);
}
