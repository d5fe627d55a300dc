// Tests the packed package in the set-ups of its users, with their real tools.
// Arguments are the names of the set-ups to run. Defaults to all.
import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { install } from "../test/install.mjs";
import { start } from "../test/server.mjs";
import { hover } from "./hover.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const project = fileURLToPath(new URL("..", import.meta.url));
const folder = join(here, ".work");
const EXPECTED = "user-0,user-1,user-2";

/** Runs a program of node_modules, or Node itself, and returns what it prints. The program has its own folder. */
function run(at, program, args, environment = {}) {
  const [command, given] = program === "node" ? [process.execPath, args] : [join(here, "node_modules/.bin", program), args];
  const env = { ...process.env, ...environment };
  return new Promise((resolve, reject) => {
    execFile(command, given, { cwd: at, env, timeout: 180_000, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(" ")}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Starts a Redis server on a free port of 127.0.0.1, and ends it after `use`. */
async function withRedis(use) {
  const socket = createServer();
  const port = await new Promise((resolve) => socket.listen(0, "127.0.0.1", () => resolve(socket.address().port)));
  await new Promise((resolve) => socket.close(resolve));
  const redis = spawn("redis-server", ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    await new Promise((resolve, reject) => {
      let log = "";
      redis.once("error", (error) => reject(new Error(`redis-server should be installed: ${error.message}`)));
      redis.once("exit", () => reject(new Error(`redis-server ended: ${log}`)));
      redis.stdout.on("data", (chunk) => (log += chunk).includes("Ready to accept connections") && resolve());
    });
    return await use(String(port));
  } finally {
    redis.kill("SIGKILL");
  }
}

/** Creates the folder of a set-up, with these files. */
function setUp(name, files, manifest = {}) {
  const at = join(folder, name);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "package.json"), JSON.stringify({ private: true, ...manifest }));
  for (const app of ["plain.cjs", "app.ts"]) copyFileSync(join(here, "apps", app), join(at, app));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(at, path), typeof text === "string" ? text : JSON.stringify(text));
  return at;
}

function prints(printed) {
  const last = printed.trim().split("\n").at(-1);
  if (last !== EXPECTED) throw new Error(`the program printed ${printed}`);
}

const main = (from, server) => `require(${JSON.stringify(from)}).found(${JSON.stringify(server)}).then(console.log);`;
const spec = (from, server) => `${from};\ntest("it lists users", async () => { expect(await found(${JSON.stringify(server)})).toBe("${EXPECTED}"); });`;
const REQUIRED = `const { found } = require("./plain.cjs")`;
const IMPORTED = `import { found } from "./app"`;
const COMPILER = { target: "es2022", module: "commonjs", moduleResolution: "node", lib: ["es2022"], types: ["node"], strict: true, esModuleInterop: true, skipLibCheck: false };

const setUps = {
  async "Node with require"(server) {
    prints(await run(setUp("require", { "main.cjs": main("./plain.cjs", server) }), "node", ["main.cjs"]));
  },

  async "the test suite through require"(server) {
    const at = setUp("suite", {});
    const entry = `import { run } from ${JSON.stringify(join(project, "test/suite.mjs"))};
import { ready } from "logto-admin/core";
run({ runtime: "commonjs", server: ${JSON.stringify(server)}, ready }).then(({ passed, failed }) => {
  console.log(failed.join("\\n") || passed.length + " passed");
  process.exit(failed.length > 0 || passed.length < 30 ? 1 : 0);
});`;
    writeFileSync(join(at, "entry.mjs"), entry);
    await build({ entryPoints: [join(at, "entry.mjs")], outfile: join(at, "suite.cjs"), bundle: true, platform: "node", format: "cjs", external: ["logto-admin"], logLevel: "error" });
    await run(at, "node", ["suite.cjs"]);
  },

  async "jest, CommonJS with Babel"(server) {
    const files = { "app.test.js": spec(REQUIRED, server), "babel.config.json": { presets: [["@babel/preset-env", { targets: { node: "current" } }]] } };
    await run(setUp("jest-babel", files), "jest", ["--ci"]);
  },

  async "jest, CommonJS with SWC"(server) {
    const jest = { transform: { "\\.ts$": "@swc/jest" } };
    await run(setUp("jest-swc", { "app.test.ts": spec(IMPORTED, server) }, { jest }), "jest", ["--ci"]);
  },

  async "jest, CommonJS with ts-jest"(server) {
    const jest = { preset: "ts-jest" };
    const files = { "app.test.ts": spec(IMPORTED, server).replace("test(", "declare const test: Function, expect: Function;\ntest("), "tsconfig.json": { compilerOptions: COMPILER } };
    await run(setUp("jest-ts", files, { jest }), "jest", ["--ci"]);
  },

  async "jest with the emulator"() {
    const at = setUp("jest-emulator", {}, { jest: { transform: {}, testMatch: ["**/*.test.cjs"] } });
    copyFileSync(join(here, "apps/emulator.test.cjs"), join(at, "emulator.test.cjs"));
    await run(at, "jest", ["--ci"]);
  },

  async "Logto's SDK for applications, with the emulator"() {
    const at = setUp("sdk", {}, { type: "module" });
    copyFileSync(join(here, "apps/sdk.mjs"), join(at, "sdk.mjs"));
    const printed = await run(at, "node", ["sdk.mjs"]);
    if (printed !== "signed in and out\n") throw new Error(`the program printed ${printed}`);
  },

  async "jest, ESM"(server) {
    const text = `import { LogtoAdmin } from "logto-admin";\ntest("it lists users", async () => {
  const page = await new LogtoAdmin({ endpoint: "${server}/s/setups", getToken: () => "t" }).users.list({ pageSize: 3 });
  expect(page.items.map(({ id }) => id).join()).toBe("${EXPECTED}");
});`;
    const jest = { transform: {}, testMatch: ["**/*.test.mjs"] };
    await run(setUp("jest-esm", { "app.test.mjs": text }, { jest, type: "module" }), "jest", ["--ci"], { NODE_OPTIONS: "--experimental-vm-modules" });
  },

  async "vitest"(server) {
    const text = `import { expect, test } from "vitest";\n${spec(IMPORTED, server)}`;
    await run(setUp("vitest", { "app.test.ts": text }, { type: "module" }), "vitest", ["run"]);
  },

  async "tsx"(server) {
    prints(await run(setUp("tsx", { "main.ts": `import { found } from "./app";\nfound(${JSON.stringify(server)}).then(console.log);` }), "tsx", ["main.ts"]));
  },

  async "ts-node"(server) {
    const files = { "main.ts": `import { found } from "./app";\nvoid found(${JSON.stringify(server)}).then(console.log);`, "tsconfig.json": { compilerOptions: COMPILER } };
    prints(await run(setUp("ts-node", files), "ts-node", ["main.ts"]));
  },

  async "token stores in Redis, with node-redis and ioredis"(server) {
    const compilerOptions = { ...COMPILER, module: "node16", moduleResolution: "node16", skipLibCheck: true, noEmit: true };
    const at = setUp("redis", { "tsconfig.json": { compilerOptions, files: ["redis.ts"] } }, { type: "module" });
    copyFileSync(join(here, "apps/redis.ts"), join(at, "redis.ts"));
    await run(at, "tsc", ["-p", "."]);
    await withRedis((port) => run(at, "tsx", ["redis.ts", port, server]));
  },

  async "token stores in Workers: types"() {
    const compilerOptions = { ...COMPILER, module: "esnext", moduleResolution: "bundler", types: ["@cloudflare/workers-types"], exactOptionalPropertyTypes: true, noEmit: true };
    const at = setUp("worker", { "tsconfig.json": { compilerOptions, files: ["worker.ts"] } });
    copyFileSync(join(here, "apps/worker.ts"), join(at, "worker.ts"));
    await run(at, "tsc", ["-p", "."]);
  },

  async "NestJS, compiled to CommonJS"(server) {
    const options = { ...COMPILER, experimentalDecorators: true, emitDecoratorMetadata: true, skipLibCheck: true };
    const at = setUp("nest", { "tsconfig.json": { compilerOptions: options, files: ["nest.ts"] } });
    copyFileSync(join(here, "apps/nest.ts"), join(at, "nest.ts"));
    await run(at, "tsc", ["-p", "."]);
    prints(await run(at, "node", ["nest.js"], { LOGTO_ENDPOINT: `${server}/s/setups`, PORT: "0" }));
  },

  async "ncc"(server) {
    const at = setUp("ncc", { "main.cjs": main("./plain.cjs", server) });
    await run(at, "ncc", ["build", "main.cjs", "-o", "out"]);
    // Without the folder of the package, the bundle has to bring everything.
    const alone = join(folder, "../.alone-ncc");
    rmSync(alone, { recursive: true, force: true });
    mkdirSync(alone);
    copyFileSync(join(at, "out/index.cjs"), join(alone, "index.cjs"));
    prints(await run(alone, "node", ["index.cjs"]));
    rmSync(alone, { recursive: true });
  },

  async "a Lambda handler, bundled as CommonJS by esbuild"(server) {
    const at = setUp("lambda", {
      "call.cjs": `const { handler } = require("./out/handler.js");
Promise.all(["user-0", "user-1", "user-2"].map((userId) => handler({ pathParameters: { userId } })))
  .then((answers) => console.log(answers.map(({ body }) => JSON.parse(body).id).join()));`,
    });
    await build({ entryPoints: [join(here, "apps/lambda.ts")], outfile: join(at, "out/handler.js"), bundle: true, platform: "node", format: "cjs", logLevel: "error", nodePaths: [join(folder, "node_modules")] });
    prints(await run(at, "node", ["call.cjs"], { LOGTO_ENDPOINT: `${server}/s/setups`, LOGTO_APP_ID: "app", LOGTO_APP_SECRET: "secret" }));
  },

  async "hover texts of an editor"() {
    await hover(setUp("hover", {}, { type: "module" }), join(here, "node_modules/typescript/lib/tsserver.js"));
  },

  async "publint"() {
    await run(join(folder, "node_modules/logto-admin"), "publint", ["--strict"]);
  },

  async "Are the types wrong?"() {
    // The module itself has no types, and TypeScript 4.7's predecessor does not know the field `exports`.
    await run(here, "attw", [tarball, "--exclude-entrypoints", "./logto_admin.wasm", "./logto_admin_emulator.wasm", "./package.json", "--profile", "node16"]);
  },
};

/** Type checks: versions of TypeScript, and what their users configure. */
const LIBRARIES = {
  "without the DOM, types of Node": { lib: ["es2022"], types: ["node"] },
  "without the DOM, types of Workers": { lib: ["es2022"], types: ["@cloudflare/workers-types"] },
  "with the DOM": { lib: ["es2022", "dom", "dom.iterable"], types: [] },
};
for (const [compiler, path] of Object.entries({ "TypeScript 5.0": "typescript-5-0", "TypeScript 5": "typescript" })) {
  for (const [resolution, options] of Object.entries({
    node: { module: "commonjs", moduleResolution: "node" },
    "node16 in CommonJS": { module: "node16", moduleResolution: "node16" },
    bundler: { module: "esnext", moduleResolution: "bundler" },
  })) {
    for (const [library, libraries] of Object.entries(LIBRARIES)) {
      setUps[`types: ${compiler}, ${resolution}, ${library}`] = async () => {
        const compilerOptions = { target: "es2022", strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true, ...options, ...libraries };
        const at = setUp(`types-${compiler}-${resolution}-${library}`.replace(/\W+/g, "-"), { "tsconfig.json": { compilerOptions, files: ["app.ts"] } });
        await run(at, "node", [join(here, "node_modules", path, "bin/tsc"), "-p", "."]);
      };
    }
  }
}

const wanted = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
const tarball = install(project, folder);
const server = await start(folder);
const failures = [];
let passed = 0;
try {
  for (const [name, test] of Object.entries(setUps)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    try {
      await test(server.url);
      console.log(`${name}: passed`);
      passed += 1;
    } catch (error) {
      console.log(`${name}: failed\n${String(error.message).split("\n").slice(0, 30).join("\n")}`);
      failures.push(name);
    }
  }
} finally {
  server.close();
}
console.log(`${passed} set-ups passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
