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

/** Refreshers and timeouts that are no longer needed do not keep Node alive, and importing the package does nothing. */
export async function nodeLetsGo({ folder, server }) {
  writeFileSync(
    join(folder, "lets-go.mjs"),
    `import { LogtoAdmin } from "logto-admin";
     import { ready } from "logto-admin/core";
     const admin = new LogtoAdmin({ endpoint: "${server}/s/lets-go", appId: "app", appSecret: "secret", timeout: 3_600_000 });
     if (ready() !== undefined) throw new Error("importing and constructing instantiate");
     admin.keepFresh();
     await admin.users.get("x");
     console.log("done");
     const agent = globalThis[Symbol.for("undici.globalDispatcher.1")];
     await agent?.close?.();`,
  );
  const printed = await output(folder, installed, ["lets-go.mjs"]);
  const failed = printed.trim() === "done" ? [] : [`the program printed ${printed}`];
  return { passed: failed.length > 0 ? [] : ["the process exits while a refresher runs"], failed };
}
