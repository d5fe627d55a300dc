// The emulator of the package: in processes, in CommonJS, and in workerd. The page of `examples/` uses it in Chromium.
import { deepStrictEqual, strictEqual } from "node:assert";
import { execFile } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.mjs";
import { runCases } from "./cases.mjs";
import { forward } from "./forward.mjs";
import { modules, withWorker } from "./runtimes/workerd.mjs";

/** Tests, as the text of a function that is called with the package. It throws if one fails. */
const TESTS = `async ({ LogtoAdmin, ConflictError, LogtoError, NotFoundError }, { Emulator }) => {
  const equal = (is, expected) => { if (JSON.stringify(is) !== JSON.stringify(expected)) throw new Error(JSON.stringify(is) + ", expected " + JSON.stringify(expected)); };
  const failed = (call) => call.then(() => undefined, (error) => error);

  // Every emulator is empty, and keeps what its clients do.
  const [logto, other] = [new LogtoAdmin(new Emulator().options), new LogtoAdmin(new Emulator().options)];
  const { id } = await logto.users.create({ username: "ada", customData: { a: 1.5 } });
  equal([(await logto.users.get(id)).customData, (await logto.users.list()).total, (await other.users.list()).total], [{ a: 1.5 }, 1, 0]);
  equal((await failed(logto.users.create({ username: "ada" }))) instanceof ConflictError, true);
  equal((await failed(other.users.get(id))) instanceof NotFoundError, true);
  await logto.users.delete(id);
  equal((await logto.users.list()).items, []);

  // Bodies of all kinds arrive.
  const storing = new LogtoAdmin(new Emulator({ services: ["storage"] }).options);
  equal(typeof (await storing.userAssets.upload({ file: { data: new Uint8Array([137, 80, 78, 71]), name: "a.png", type: "image/png" } })).url, "string");

  // The clock advances: the token expires, and the client gets another one.
  const emulator = new Emulator({ seed: 7 });
  const token = async () => (await (await emulator.fetch(emulator.endpoint + "/oidc/token", {
    method: "POST",
    headers: { authorization: "Basic " + btoa(emulator.appId + ":" + emulator.appSecret) },
    body: new URLSearchParams({ grant_type: "client_credentials", resource: "https://default.logto.app/api", scope: "all" }),
  })).json()).access_token;
  const users = async (bearer) => (await emulator.fetch(emulator.endpoint + "/api/users", { headers: { authorization: "Bearer " + bearer } })).status;
  const first = await token();
  equal(await users(first), 200);
  await emulator.advance(2 * 3_600_000);
  equal([await users(first), await users(await token())], [401, 200]);

  // Messages are kept, with their codes.
  const sending = new Emulator();
  const sender = new LogtoAdmin(sending.options);
  equal(await sending.messages(), []);
  const templates = ["SignIn", "Register", "ForgotPassword", "Generic"].map((usageType) => ({ usageType, contentType: "text/plain", subject: "Hello", content: "Code: {{code}}" }));
  const config = { host: "localhost", port: 25, auth: { type: "login", user: "a", pass: "b" }, fromEmail: "a@example.com", templates };
  await sender.connectors.create({ connectorId: "simple-mail-transfer-protocol", config });
  await sender.verificationCodes.send({ email: "ada@example.com" });
  const [message] = await sending.messages();
  const { code } = message.payload;
  equal([message.channel, message.recipient, message.subject, message.content], ["Email", "ada@example.com", "Hello", "Code: " + code]);
  await sender.verificationCodes.verify({ email: "ada@example.com", verificationCode: code });

  // The same seed issues the same ids.
  const made = async (seed) => (await new LogtoAdmin(new Emulator({ seed }).options).users.create({ username: "ada" })).id;
  equal([await made(7) === await made(7), await made(7) === await made(8)], [true, false]);

  // The routes of another release, and invalid options.
  const old = new LogtoAdmin(new Emulator({ release: "1.24" }).options);
  equal((await failed(old.customProfileFields.list())).hint, "check the release of the server: Logto 1.31 introduced this operation");
  for (const [name, value] of Object.entries({ release: "newest", seed: -1, services: ["storage", "store"], relase: "1.24" })) {
    const error = await failed((async () => new Emulator({ [name]: value }))());
    equal([error instanceof TypeError, error.message.startsWith("\`" + name + "\`")], [true, true]);
  }
  for (const time of [NaN, Infinity, -1]) equal((await failed(emulator.advance(time))) instanceof TypeError, true);

  // Its function accepts what the global one does.
  const status = emulator.endpoint + "/api/status";
  for (const input of [status, new URL(status), new Request(status)]) equal((await emulator.fetch(input)).status, 204);
  equal((await failed(emulator.fetch(new Request(status, { signal: AbortSignal.abort() })))).name, "AbortError");
}`;

const IMPORTS = `import * as lib from "logto-admin";\nimport * as emulator from "logto-admin/emulator";\n`;

function run(folder, program, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", DENO_NO_PROMPT: "1" };
    execFile(program, args, { cwd: folder, timeout: 120_000, env }, (error, stdout, stderr) => {
      if (error || stdout.trim() !== "done") reject(new Error(`${error?.message}\n${stdout}\n${stderr}`));
      else resolve();
    });
  });
}

const module = async ({ folder }, program, ...args) => {
  writeFileSync(join(folder, "emulator.mjs"), `${IMPORTS}await (${TESTS})(lib, emulator);\nconsole.log("done");`);
  await run(folder, program, [...args, "emulator.mjs"]);
};

const bin = ({ here }, name) => join(here, "node_modules/.bin", name);

const cases = {
  Node: (context) => module(context, process.execPath),
  Deno: (context) => module(context, bin(context, "deno"), "run", "-A", "--no-lock"),
  Bun: (context) => module(context, bin(context, "bun"), "run"),

  async "Node, CommonJS"({ folder }) {
    writeFileSync(join(folder, "emulator.cjs"), `(${TESTS})(require("logto-admin"), require("logto-admin/emulator")).then(() => console.log("done"));`);
    await run(folder, process.execPath, ["emulator.cjs"]);
  },

  async "routes of other releases, over HTTP"({ folder }) {
    const require = createRequire(join(folder, "package.json"));
    const { LogtoAdmin } = require("logto-admin");
    const { Emulator } = require("logto-admin/emulator");
    for (const [release, oldest, listed] of [
      ["1.17", "1.17", "check the release of the server: Logto 1.31 introduced this operation"],
      ["1.36", "1.33", "listed"],
      ["1.42", "1.42", "listed"],
      ["next", "next", "listed"],
    ]) {
      const emulator = new Emulator({ release });
      const server = createServer((request, response) => void forward(emulator, request, response).catch(() => response.destroy()));
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        const { appId, appSecret } = emulator;
        const logto = new LogtoAdmin({ endpoint: `http://127.0.0.1:${server.address().port}`, appId, appSecret });
        deepStrictEqual(await logto.serverRelease(), { oldest, newest: release });
        strictEqual(await logto.customProfileFields.list().then(() => "listed", (error) => error.hint), listed, release);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    }
  },

  async "a bundle without the file explains what to do"({ folder }) {
    const program = `import { Emulator } from "logto-admin/emulator";
    const emulator = new Emulator();
    const error = await emulator.fetch(emulator.endpoint).catch((error) => error);
    if (!/^cannot read .*missing\\/logto_admin_emulator.wasm: leave \`logto-admin\\/emulator\` out of the bundle/.test(error.message)) throw error;
    console.log("done");`;
    writeFileSync(join(folder, "emulator-missing.mjs"), program);
    const path = await bundle(folder, "emulator-missing.mjs", "missing/bundle/app.mjs", ["node"], "esm", ["node:*"]);
    await run(folder, process.execPath, [path]);
  },

  async workerd({ folder }) {
    const worker = `${IMPORTS}export default { async fetch() {
      return new Response(await (${TESTS})(lib, emulator).then(() => "done", (error) => error.stack));
    } };`;
    writeFileSync(join(folder, "emulator-worker.mjs"), worker);
    const path = await bundle(folder, "emulator-worker.mjs", "workerd-emulator/worker.mjs", ["workerd"]);
    const file = "logto_admin_emulator.wasm";
    copyFileSync(join(folder, "node_modules/logto-admin/dist", file), join(dirname(path), file));
    const all = [...modules(path), { type: "CompiledWasm", path: join(dirname(path), file) }];
    await withWorker({ modules: all, modulesRoot: dirname(path) }, async (miniflare) => {
      const answer = await (await miniflare.dispatchFetch("http://worker/")).text();
      if (answer !== "done") throw new Error(answer);
    });
  },
};

export const emulator = (context) => runCases(cases, context);
