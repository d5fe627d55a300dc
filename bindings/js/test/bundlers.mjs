// Builds an app with each bundler, and runs it in Node or in a page. The app lists users.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import { runCases } from "./cases.mjs";
import { withPage } from "./runtimes/chromium.mjs";

const app = (server) => `
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";
const logto = createClient({ endpoint: "${server}/s/bundlers", getToken: () => "t" }, { users });
globalThis.found = logto.users.list({ pageSize: 3 }).then((page) => page.items.map(({ id }) => id).join());
globalThis.found.then((found) => globalThis.process?.stdout?.write(found));
`;

/** Uses the whole client without the emulator, and the client of the emulator. */
const whole = `import * as all from "logto-admin"; globalThis.all = all;`;
const emulated = `import { Emulator } from "logto-admin/emulator"; globalThis.emulator = Emulator;`;

async function bundled(options) {
  const { outputFiles } = await esbuild({ bundle: true, format: "esm", conditions: ["workerd"], external: ["*.wasm"], write: false, logLevel: "error", ...options });
  return outputFiles.map((file) => file.text).join("\n");
}

const EXPECTED = "user-0,user-1,user-2";

async function inNode(path) {
  const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 30_000 });
  if (stdout !== EXPECTED) throw new Error(`the app printed ${stdout}`);
}

async function inPage(server, path) {
  await withPage(`${server}/files/${path}`, async (page, errors) => {
    const found = await page.evaluate(() => globalThis.found);
    if (found !== EXPECTED) throw new Error(`the app found ${found}: ${errors.join("; ")}`);
  });
}

const page = (script) => `<!doctype html><meta charset="utf-8"><script type="module" src="${script}"></script>`;

const cases = {
  async "plain Node"({ folder }) {
    await inNode(join(folder, "app.mjs"));
  },

  async "esbuild for Node"({ folder }) {
    const outfile = join(folder, "out-esbuild/app.mjs");
    await esbuild({ entryPoints: [join(folder, "app.mjs")], outfile, bundle: true, format: "esm", platform: "node", logLevel: "error" });
    await inNode(outfile);
  },

  async "esbuild for browsers"({ folder, server }) {
    const outdir = join(folder, "out-esbuild-web");
    await esbuild({ entryPoints: [join(folder, "app.mjs")], outdir, bundle: true, splitting: true, format: "esm", outExtension: { ".js": ".js" }, logLevel: "error" });
    writeFileSync(join(outdir, "index.html"), page("./app.js"));
    await inPage(server, "out-esbuild-web/index.html");
  },

  async "Vite"({ folder, server }) {
    const root = join(folder, "vite");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "index.html"), page("../app.mjs"));
    await vite({ root, base: "./", logLevel: "error", configFile: false, build: { outDir: join(folder, "out-vite"), assetsInlineLimit: 0, target: "esnext" } });
    await inPage(server, "out-vite/index.html");
  },

  async "webpack"({ folder, server }) {
    const path = join(folder, "out-webpack");
    const stats = await promisify(webpack)({ mode: "production", context: folder, entry: "./app.mjs", output: { path, filename: "app.js", publicPath: "auto" }, performance: false });
    if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
    writeFileSync(join(path, "index.html"), page("./app.js"));
    await inPage(server, "out-webpack/index.html");
  },

  async "other groups are left out"({ folder }) {
    const text = await bundled({ entryPoints: [join(folder, "app.mjs")] });
    if (!text.includes("/api/users")) throw new Error("the bundle lacks the group");
    if (text.includes("/api/organizations/") || text.includes("/api/roles/")) throw new Error("the bundle contains other groups");
  },

  async "the emulator is left out"({ folder }) {
    const bundle = (contents) => bundled({ stdin: { contents, resolveDir: folder } });
    if (!(await bundle(emulated)).includes("logto_admin_emulator")) throw new Error("the bundle lacks the emulator");
    if ((await bundle(whole)).includes("logto_admin_emulator")) throw new Error("the bundle contains the emulator");
  },
};

export async function bundlers(context) {
  writeFileSync(join(context.folder, "app.mjs"), app(context.server));
  return runCases(cases, context);
}
