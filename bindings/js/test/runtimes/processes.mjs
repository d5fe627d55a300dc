import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Runs a program in the folder. Returns its output. */
function output(folder, program, args, env = {}) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: folder, timeout: 120_000, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

async function suite({ folder, server }, runtime, program, args, env) {
  const printed = await output(folder, program, [...args, "test/runtimes/entry.mjs", runtime, server], env);
  return JSON.parse(printed.trim().split("\n").at(-1));
}

/** The Node that runs npm. Not the package `node`, which npm puts first in the path. */
const installed = process.env.npm_node_execpath ?? process.execPath;

const bin = (here, name) => join(here, "node_modules/.bin", name);

export const nodeOldest = (context) => suite(context, "node-installed", installed, []);
export const nodeNewest = (context) => suite(context, "node-newest", bin(context.here, "node"), []);
export const deno = (context) => suite(context, "deno", bin(context.here, "deno"), ["run", "-A", "--no-lock"], { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" });
export const bun = (context) => suite(context, "bun", bin(context.here, "bun"), ["run"]);

/** A program that passes the module in this form. It fails unless the first call uses what is passed. */
const given = (server, form) => `
    import { readFileSync } from "node:fs";
    import { LogtoAdmin } from "logto-admin";
    import { ready } from "logto-admin/core";
    const bytes = readFileSync(new URL("logto_admin.wasm", import.meta.resolve("logto-admin")));
    const options = { endpoint: "${server}/s/given", getToken: () => "t" };
    const broken = new LogtoAdmin({ ...options, wasm: new Uint8Array(8) });
    const other = await broken.users.get("x").catch((error) => error);
    if (!(other instanceof TypeError && other.message.startsWith("\`wasm\` is not"))) throw new Error("not a module: " + other.message);
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    const foreign = await new LogtoAdmin({ ...options, wasm: empty }).users.get("x").catch((error) => error);
    if (!foreign.message.includes("is not the module of this package")) throw new Error("a foreign module: " + foreign.message);
    const admin = new LogtoAdmin({ ...options, wasm: ${form} });
    await admin.users.get("x");
    if (ready() === undefined) throw new Error("the first call does not load the module");
    console.log("done");`;

/** A program whose first steps define `refresher` and `all`. It fails unless they make one token call. */
const sharedFirst = (server, steps) => `
    const { LogtoAdmin } = await import("logto-admin");
    const sent = [];
    const fetch = (url, init) => {
      sent.push(new URL(url).pathname.replace("/s/shared", ""));
      return globalThis.fetch(url, init);
    };
    const admin = new LogtoAdmin({ endpoint: "${server}/s/shared", appId: "app", appSecret: "secret", fetch });
    ${steps}
    await Promise.all(all);
    refresher.stop();
    if (sent.join() !== "/oidc/token,/api/users/x") throw new Error(sent.join());
    console.log("done");`;

/** Programs that need a process of their own. Each prints `done`. */
const PROGRAMS = {
  "the process exits while a refresher runs, and importing the package does nothing": (server) => `
    let requests = 0;
    const original = globalThis.fetch;
    globalThis.fetch = (...request) => {
      requests += 1;
      return original(...request);
    };
    const { LogtoAdmin } = await import("logto-admin");
    const { ready } = await import("logto-admin/core");
    const admin = new LogtoAdmin({ endpoint: "${server}/s/lets-go", appId: "app", appSecret: "secret", timeout: 3_600_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (ready() !== undefined) throw new Error("importing and constructing instantiate");
    if (requests > 0) throw new Error("importing and constructing send requests");
    admin.keepFresh();
    await admin.users.get("x");
    if (requests === 0) throw new Error("the requests are not counted");
    console.log("done");
    const agent = globalThis[Symbol.for("undici.globalDispatcher.1")];
    await agent?.close?.();`,
  "the token request is sent before there is an instance": (server) => `
    const order = [];
    const { fetch } = globalThis;
    const { Instance } = WebAssembly;
    globalThis.fetch = (url, init) => {
      order.push(new URL(url).pathname.replace("/s/early", ""));
      return fetch(url, init);
    };
    WebAssembly.Instance = class extends Instance {
      constructor(...given) {
        super(...given);
        order.push("instance");
      }
    };
    const { LogtoAdmin } = await import("logto-admin");
    const admin = new LogtoAdmin({ endpoint: "${server}/s/early", appId: "app", appSecret: "secret" });
    await Promise.all([admin.users.get("x"), admin.users.get("y")]);
    if (order.length !== 4 || order[0] !== "/oidc/token" || order[1] !== "instance") throw new Error(order.join());
    console.log("done");`,
  "a refresher, getToken and a call share the first token call": (server) => sharedFirst(server, "const refresher = admin.keepFresh(); const all = [admin.getToken(), admin.users.get('x')];"),
  "a call and a later refresher share the first token call": (server) => sharedFirst(server, "const all = [admin.users.get('x')]; const refresher = admin.keepFresh();"),
  "functions of the user run in the asynchronous context of their call": (server) => `
    import { AsyncLocalStorage } from "node:async_hooks";
    import { LogtoAdmin } from "logto-admin";
    const context = new AsyncLocalStorage();
    const seen = [];
    const fetch = async (url, init) => {
      const user = new URL(url).pathname.split("/api/users/")[1];
      if (user === undefined) return globalThis.fetch(url, init);
      seen.push([user, context.getStore()]);
      const isSecond = seen.filter(([other]) => other === user).length === 2;
      return isSecond ? Response.json({ id: user }) : new Response(null, { status: 503 });
    };
    const admin = new LogtoAdmin({ endpoint: "${server}/s/context", appId: "app", appSecret: "secret", fetch, retry: { base: 1 } });
    const users = ["a", "b", "c"];
    await Promise.all(users.map((user) => context.run(user, () => admin.users.get(user))));
    if (seen.length !== 6 || seen.some(([user, store]) => user !== store)) throw new Error(JSON.stringify(seen));
    console.log("done");`,
  "the module can be a URL": (server) => given(server, `new URL("${server}/files/node_modules/logto-admin/dist/logto_admin.wasm")`),
  "the module can be bytes": (server) => given(server, "bytes"),
  "the module can be compiled before": (server) => given(server, "new WebAssembly.Module(bytes)"),
  "a response with the module is read once": (server) => `
    import { readFileSync } from "node:fs";
    import { LogtoAdmin } from "logto-admin";
    const file = new URL("logto_admin.wasm", import.meta.resolve("logto-admin"));
    const wasm = new Response(readFileSync(file));
    const admin = new LogtoAdmin({ endpoint: "${server}/s/one-response", getToken: () => "t", wasm });
    await Promise.all([admin.users.get("x"), admin.users.get("y"), admin.getToken()]);
    console.log("done");`,
};

/** Runs a program with these names of runtimes, and the commands that start them. */
async function runIn(runtimes, folder, name, program, results) {
  writeFileSync(join(folder, "program.mjs"), program);
  for (const [runtime, [command, ...args]] of Object.entries(runtimes)) {
    const printed = await output(folder, command, [...args, "program.mjs"], { DENO_NO_UPDATE_CHECK: "1" }).catch(String);
    if (printed.trim() === "done") results.passed.push(`${name} (${runtime})`);
    else results.failed.push(`${name} (${runtime}): ${printed}`);
  }
}

export async function processes({ folder, here, server }) {
  const results = { passed: [], failed: [] };
  const node = { Node: [installed] };
  const others = { Deno: [bin(here, "deno"), "run", "-A", "--no-lock"], Bun: [bin(here, "bun"), "run"] };
  for (const [name, program] of Object.entries(PROGRAMS)) await runIn(node, folder, name, program(server), results);
  const [[name, program]] = Object.entries(PROGRAMS);
  await runIn(others, folder, name, program(server), results);
  return results;
}
