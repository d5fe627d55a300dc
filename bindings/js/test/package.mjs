// The contents of the installed package.
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runCases } from "./cases.mjs";

const cases = {
  "the package has a README, licences, types and two modules"({ installed }) {
    const files = readdirSync(installed, { recursive: true });
    const missing = ["README.md", "LICENSE-APACHE", "LICENSE-MIT", "dist/index.d.ts", "dist/core.d.ts", "dist/emulator.d.ts"].filter((file) => !files.includes(file));
    const modules = files.filter((file) => file.endsWith(".wasm"));
    if (missing.length > 0 || modules.length !== 2) throw new Error(`missing: ${missing}; modules: ${modules}`);
  },

  "the package has no dependencies"({ installed }) {
    const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const kinds = ["dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"];
    const found = kinds.filter((kind) => Object.keys(manifest[kind] ?? {}).length > 0);
    if (found.length > 0) throw new Error(`the package has ${found}`);
  },

  async "errors of one copy of the package are instances of another copy's classes"({ folder, installed }) {
    const copy = join(folder, "node_modules/a-copy");
    cpSync(installed, copy, { recursive: true });
    const [here, there] = await Promise.all([installed, copy].map((path) => import(pathToFileURL(join(path, "dist/core.js")))));
    const error = new there.TimeoutError("m");
    if (there.TimeoutError === here.TimeoutError) throw new Error("there is only one copy");
    const of = (name) => error instanceof here[name];
    if (!of("TimeoutError") || !of("ConnectionError") || !of("LogtoError") || of("NotFoundError")) throw new Error("the error is an instance of the wrong classes");
  },

  async "loading the package creates no error, for which V8 would parse the script again"({ folder, installed }) {
    const copy = join(folder, "node_modules/a-fresh-copy");
    cpSync(installed, copy, { recursive: true });
    const original = globalThis.Error;
    let created = 0;
    globalThis.Error = new Proxy(original, { construct: (...given) => (created++, Reflect.construct(...given)) });
    try {
      await import(pathToFileURL(join(copy, "dist/index.js")));
    } finally {
      globalThis.Error = original;
    }
    if (created > 0) throw new Error(`created ${created} errors`);
  },
};

export const packed = (context) => runCases(cases, { ...context, installed: join(context.folder, "node_modules/logto-admin") });
