// Builds the published files into dist/: the module, the scripts as ESM and CommonJS, and their types.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { optimise } from "./optimise.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: "inherit" });

/** The formats, with the ends of the names of scripts and types. */
const FORMATS = [
  { format: "esm", script: ".js", types: ".d.ts" },
  { format: "cjs", script: ".cjs", types: ".d.cts" },
];
/** Files of the core. Other entry points import them from core.js, so that a program has one copy. */
const CORE = new Set(["core", "client", "request/operation"].map((name) => join(here, "lib", `${name}.js`)));

/** Bundles what wasm-bindgen wrote for the emulator. */
const GLUE = {
  name: "glue",
  setup({ onResolve }) {
    onResolve({ filter: /\/emulator\/module\.js$/ }, () => ({ path: `${here}pkg/emulator/module.js`, sideEffects: false }));
  },
};

rmSync(`${here}dist`, { recursive: true, force: true });
mkdirSync(`${here}dist/loader`, { recursive: true });

// The optimiser comes from npm, because wasm-pack would download one. lib/wasm/module.ts replaces the glue.
crate(".", "pkg");

const module = await optimise(readFileSync(`${here}pkg/module_bg.wasm`), readFileSync(linked()));
writeFileSync(`${here}dist/logto_admin.wasm`, module);

crate("emulator", "../pkg/emulator");
copyFileSync(`${here}pkg/emulator/module_bg.wasm`, `${here}dist/logto_admin_emulator.wasm`);

run("node_modules/.bin/tsc", "-p", ".");
const groups = readdirSync(`${here}lib/api`).filter((name) => name !== "all.ts").map((name) => `api/${name}`);
for (const format of FORMATS) {
  await scripts(format, ["core.ts", "stores.ts"], []);
  await scripts(format, ["emulator.ts"], [GLUE]);
  await scripts(format, ["index.ts"], [shared(`./core${format.script}`)]);
  await scripts(format, groups, [shared(`../core${format.script}`)]);
  await scripts(format, readdirSync(`${here}lib/loader`).filter((name) => !name.startsWith("bytes")).map((name) => `loader/${name}`), []);
  writeFileSync(`${here}dist/loader/bytes${format.script}`, bytesSource(module, format.format));
}
for (const path of readdirSync(`${here}dist`, { recursive: true }).filter((path) => path.endsWith(".d.ts"))) {
  const types = readFileSync(`${here}dist/${path}`, "utf8");
  writeFileSync(`${here}dist/${path.replace(/\.d\.ts$/, ".d.cts")}`, types.replace(/(from "\.[^"]*|import\("\.[^"]*)\.js"/g, '$1.cjs"'));
}
for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(`${here}../../${licence}`, `${here}${licence}`);

/** Builds a crate for the web, into a folder relative to it. */
function crate(path, out) {
  run("wasm-pack", "build", path, "--mode", "no-install", "--target", "web", "--profile", "wasm", "--no-opt", "--no-pack", "--no-typescript", "--out-dir", out, "--out-name", "module");
}

/** Bundles each of these files of lib/. */
async function scripts({ format, script }, names, plugins) {
  const isCommonJs = format === "cjs";
  await build({
    entryPoints: names.map((name) => `${here}lib/${name}`),
    outdir: `${here}dist`,
    outbase: `${here}lib`,
    outExtension: { ".js": script },
    bundle: true,
    format,
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
    plugins: [...plugins, left(script)],
    // A CommonJS module has no URL. `import()` fails in CommonJS environments such as jest's.
    ...(isCommonJs && { define: { "import.meta.url": "undefined" }, supported: { "dynamic-import": false } }),
  });
}

/**
 * Leaves the loader and its files to the user's runtime or bundler. The runtime selects the loader through
 * package.json.
 */
function left(script) {
  return {
    name: "left",
    setup({ onResolve }) {
      onResolve({ filter: /^#(loader|emulator)$|^node:|\.wasm$/ }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: /\/bytes\.js$/ }, () => ({ path: `./bytes${script}`, external: true }));
    },
  };
}

/** Imports the files of the core from its bundle, which is here. */
function shared(bundle) {
  return {
    name: "shared",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, importer }) => {
        return CORE.has(join(dirname(importer), path)) ? { path: bundle, external: true } : undefined;
      });
    },
  };
}

/** Returns the path of the linker's output, before wasm-bindgen. */
function linked() {
  const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: here, encoding: "utf8", maxBuffer: 2 ** 26 });
  return `${JSON.parse(metadata).target_directory}/wasm32-unknown-unknown/wasm/logto_admin_js.wasm`;
}

/** Returns a script that decodes the bytes from text. Every runtime and bundler supports it. */
function bytesSource(bytes, format) {
  const text = Buffer.from(bytes).toString("base64");
  const body = `function bytes() {\n  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));\n}\n`;
  return `const text = "${text}";\n\n${format === "cjs" ? `${body}\nmodule.exports = { bytes };\n` : `export ${body}`}`;
}
