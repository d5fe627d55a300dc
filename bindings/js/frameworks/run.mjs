// Builds the applications of these folders with the packed package, and calls them as their users would.
// Arguments are the names of the applications to run. Defaults to all.
import { execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { forward } from "../test/forward.mjs";
import { install } from "../test/install.mjs";
import { withPage } from "../test/runtimes/chromium.mjs";
import { start } from "../test/server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const project = fileURLToPath(new URL("..", import.meta.url));
const work = join(here, ".work");
const EXPECTED = "user-0,user-1,user-2";
/** The newest Node, which some frameworks require. */
const NODE = join(project, "node_modules/node/bin/node");

const environment = (more) => ({ ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1", ...more });

/** Runs a program of a package in a folder. */
function run(at, script, args) {
  return new Promise((resolve, reject) => {
    execFile(NODE, [join(here, "node_modules", script), ...args], { cwd: at, env: environment({}), timeout: 300_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${script} ${args.join(" ")}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Returns a free port of 127.0.0.1. */
async function freePort() {
  const socket = createServer();
  const port = await new Promise((resolve) => socket.listen(0, "127.0.0.1", () => resolve(socket.address().port)));
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

/** Starts an application that calls this endpoint, and ends it after `use`. Waits until it answers. */
async function serving(at, args, endpoint, use) {
  const port = await freePort();
  const variables = { PORT: String(port), HOST: "127.0.0.1", LOGTO_ENDPOINT: endpoint };
  const server = spawn(NODE, args, { cwd: at, env: environment(variables), stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk) => (log += chunk));
  const url = `http://127.0.0.1:${port}`;
  try {
    for (let left = 150; ; left--) {
      if (server.exitCode !== null || left === 0) throw new Error("the server does not answer");
      if (await fetch(url).then(() => true, () => false)) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return await use(url);
  } catch (error) {
    throw new Error(`${error.message}\n${log}`);
  } finally {
    server.kill("SIGKILL");
  }
}

function equal(is, expected, what) {
  if (is !== expected) throw new Error(`${what}: ${is}, expected ${expected}`);
}

async function text(url) {
  const response = await fetch(url);
  return `${response.status === 200 ? "" : response.status}${await response.text()}`;
}

/** Opens a page whose script lists users, and returns what it shows. */
const shown = (url, server) =>
  withPage(`${url}/client?endpoint=${encodeURIComponent(`${server}/s/browser`)}`, async (page, errors) => {
    await page.waitForFunction(() => document.querySelector("#users")?.textContent, undefined, { timeout: 20_000 }).catch(() => {
      throw new Error(`the page shows nothing: ${errors.join("\n")}`);
    });
    return page.textContent("#users");
  });

const applications = {
  async next(at, server) {
    await run(at, "next/dist/bin/next", ["build"]);
    const args = [join(here, "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1"];
    await serving(at, args, `${server}/s/next`, async (url) => {
      equal(await text(`${url}/api/users`), EXPECTED, "route");
      equal((await fetch(`${url}/api/users`)).headers.get("x-users"), EXPECTED, "proxy");
      equal(await text(`${url}/api/edge`), EXPECTED, "edge route");
      equal((await text(url)).includes(`<p>${EXPECTED}</p>`), true, "server component");
      equal(await shown(url, server), EXPECTED, "client component");
    });
  },

  async sveltekit(at, server) {
    await run(at, "vite/bin/vite.js", ["build"]);
    await serving(at, ["build/index.js"], `${server}/s/sveltekit`, async (url) => {
      equal((await text(url)).includes(EXPECTED), true, "page");
      equal(await shown(url, server), EXPECTED, "script of a page");
    });
  },

  async astro(at, server) {
    await run(at, "astro/bin/astro.mjs", ["build"]);
    await serving(at, ["dist/server/entry.mjs"], `${server}/s/astro`, async (url) => {
      equal((await text(url)).includes(EXPECTED), true, "page");
      equal(await text(`${url}/api/users`), EXPECTED, "endpoint");
      equal(await shown(url, server), EXPECTED, "script of a page");
    });
  },

  async vite(at) {
    await run(at, "typescript/bin/tsc", ["-p", "."]);
    await run(at, "vite/bin/vite.js", ["build"]);
    const { admin, user, token, emulator } = await accounts();
    const server = createHttpServer((request, response) => {
      answer(join(at, "dist"), { emulator, token }, request, response).catch((error) => response.writeHead(404).end(String(error)));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await withPage(`http://127.0.0.1:${server.address().port}/`, async (page, errors) => {
        const says = (selector, wanted) =>
          page.waitForFunction(([selector, wanted]) => {
            const element = document.querySelector(selector);
            return (element.value || element.textContent) === wanted;
          }, [selector, wanted], { timeout: 20_000 }).catch(async () => {
            throw new Error(`${selector} is not ${wanted}: ${await page.content()}\n${errors.join("\n")}`);
          });
        await says("input", "Ada");
        await page.fill("input", "Ada Lovelace");
        await page.click("button");
        await says("output", "Saved as Ada Lovelace.");
        equal((await admin.users.get(user.id)).name, "Ada Lovelace", "name");

        await page.fill("input", "a".repeat(200));
        await page.click("button");
        await says("output", "UpdateProfile: 422 entity.value_too_long: The length of value is too long and exceeds the limit.");
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },

  async hono(at, server) {
    await run(at, "typescript/bin/tsc", ["-p", "."]);
    const options = { bundle: true, format: "esm", conditions: ["workerd", "worker", "browser"], external: ["*.wasm"], logLevel: "error" };
    await build({ ...options, entryPoints: [join(at, "src/index.ts")], outfile: join(at, "dist/index.js"), plugins: [wasmBeside] });
    const miniflare = new Miniflare({
      modules: [
        { type: "ESModule", path: join(at, "dist/index.js") },
        { type: "CompiledWasm", path: join(at, "dist/logto_admin.wasm"), contents: readFileSync(join(work, "node_modules/logto-admin/dist/logto_admin.wasm")) },
      ],
      modulesRoot: join(at, "dist"),
      compatibilityDate: "2026-01-01",
      bindings: { LOGTO_ENDPOINT: `${server}/s/hono`, LOGTO_APP_ID: "app", LOGTO_APP_SECRET: "secret" },
    });
    try {
      const url = String(await miniflare.ready).replace(/\/$/, "");
      equal(await text(`${url}/users`), EXPECTED, "list");
      equal(await text(`${url}/roles/none`), '404{"code":"entity.not_found"}', "error");
    } finally {
      await miniflare.dispose();
    }
  },
};

/** Returns a tenant with the account API, a user, and the user's access token. */
async function accounts() {
  const require = createRequire(join(work, "package.json"));
  const { LogtoAdmin } = require("logto-admin");
  const emulator = new (require("logto-admin/emulator").Emulator)();
  const admin = new LogtoAdmin(emulator.options);
  await admin.accountCenter.updateSettings({ enabled: true, fields: { name: "Edit" } });
  const user = await admin.users.create({ username: "ada", name: "Ada" });
  const { subjectToken } = await admin.subjectTokens.create({ userId: user.id });
  const token = await new LogtoAdmin({ ...emulator.options, exchange: { subjectToken }, scope: "openid profile" }).getToken();
  return { admin, user, token, emulator };
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the files of a page, the user's access token, and the emulator. */
async function answer(folder, { emulator, token }, request, response) {
  if (request.url === "/token") return response.end(token);
  if (!request.url.startsWith("/api/")) {
    const path = request.url === "/" ? "/index.html" : request.url;
    const file = readFileSync(join(folder, path));
    return response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(file);
  }
  return forward(emulator, request, response);
}

/** Imports the module from the folder of the bundle, as wrangler does. */
const wasmBeside = {
  name: "wasm",
  setup({ onResolve }) {
    onResolve({ filter: /logto_admin\.wasm$/ }, () => ({ path: "./logto_admin.wasm", external: true }));
  },
};

const wanted = process.argv.slice(2);
rmSync(work, { recursive: true, force: true });
mkdirSync(work);
writeFileSync(join(work, "package.json"), JSON.stringify({ private: true, type: "module" }));
install(project, work);
const server = await start(work);
const failures = [];
let passed = 0;
try {
  for (const [name, test] of Object.entries(applications)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const at = join(work, name);
    cpSync(join(here, name), at, { recursive: true });
    writeFileSync(join(at, "package.json"), JSON.stringify({ private: true, type: "module" }));
    try {
      await test(at, server.url);
      console.log(`${name}: passed`);
      passed += 1;
    } catch (error) {
      console.log(`${name}: failed\n${String(error.stack).split("\n").slice(0, 40).join("\n")}`);
      failures.push(name);
    }
  }
} finally {
  server.close();
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
