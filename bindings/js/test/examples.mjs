// Runs the Workers of `examples/` in workerd, and its page in Chromium.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { copyFileSync, cpSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.mjs";
import { runCases } from "./cases.mjs";
import { withPage } from "./runtimes/chromium.mjs";
import { compatibilityDate, modules, withWorker } from "./runtimes/workerd.mjs";

/** Replaces a Logto behind a service binding. Forwards all requests to the test server. */
const behind = (server) => `export default { fetch: (request) => {
  const { pathname, search } = new URL(request.url);
  return fetch("${server}" + pathname + search, request);
} };`;

const seen = async (server, id) => (await fetch(`${server}/seen/${id}`)).json();

const cases = {
  async "worker-js"({ folder, here, server }) {
    cpSync(join(here, "../../examples/worker-js/src"), join(folder, "worker-js"), { recursive: true });
    const path = await bundle(folder, "worker-js/worker.js", "out-worker-js/worker.mjs", ["workerd"]);
    const bindings = { LOGTO_ENDPOINT: "https://id.example.com/s/worker-js", LOGTO_APP_ID: "app", LOGTO_APP_SECRET: "secret" };
    const greeter = (name) => ({ name, modules: modules(path), modulesRoot: dirname(path), compatibilityDate, bindings, serviceBindings: { LOGTO: "logto" }, kvNamespaces: { TOKENS: "tokens" } });
    const workers = [greeter("one"), greeter("two"), { name: "logto", modules: true, script: behind(server), compatibilityDate }];
    await withWorker({ workers }, async (miniflare) => {
      const [one, two] = [await miniflare.getWorker("one"), await miniflare.getWorker("two")];
      const ask = async (worker, id) => (await worker.fetch(`http://greeter/users/${id}`)).text();
      await expect(await ask(one, "ada"), "Hello, ada!\n");
      const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => ask(one, `u${number}`)));
      await expect(answers[19], "Hello, u19!\n");
      await expect(await ask(two, "bob"), "Hello, bob!\n");
      await expect((await seen(server, "worker-js")).tokens, 1);
    });
  },

  async "worker-rust"({ folder, here, server }) {
    buildCrate(here, "worker-rust", join(folder, "worker-rust"));
    writeFileSync(join(folder, "worker-rust/shim.mjs"), RUST_SHIM);
    const path = await bundle(folder, "worker-rust/shim.mjs", "out-worker-rust/worker.mjs", ["workerd"]);
    copyFileSync(join(folder, "worker-rust/worker_rust_bg.wasm"), join(folder, "out-worker-rust/logto_admin.wasm"));
    const bindings = { LOGTO_ENDPOINT: `${server}/s/worker-rust`, LOGTO_APP_ID: "app", LOGTO_APP_SECRET: "secret", LOGTO_SIGNING_KEY: "key" };
    const greeter = (name) => ({ name, modules: modules(path), modulesRoot: dirname(path), compatibilityDate, bindings, kvNamespaces: { TOKENS: "tokens" } });
    await withWorker({ workers: [greeter("one"), greeter("two"), { ...greeter("three"), kvNamespaces: {} }] }, async (miniflare) => {
      const ask = async (id) => (await miniflare.dispatchFetch(`http://greeter/users/${id}`)).text();
      const answers = await Promise.all(Array.from({ length: 50 }, (_, number) => ask(`u${number}`)));
      await expect(answers.join(""), Array.from({ length: 50 }, (_, number) => `Hello, u${number}!\n`).join(""));
      const two = await miniflare.getWorker("two");
      await expect(await (await two.fetch("http://greeter/users/bob")).text(), "Hello, bob!\n");
      await expect((await seen(server, "worker-rust")).tokens, 1);
      // The namespace is optional.
      const three = await miniflare.getWorker("three");
      await expect(await (await three.fetch("http://greeter/users/eve")).text(), "Hello, eve!\n");
      await expect((await seen(server, "worker-rust")).tokens, 2);
      const body = '{"hookId":"h","event":"User.Created","createdAt":"2026-01-01T00:00:00Z"}';
      const deliver = (key) => {
        const headers = { "logto-signature-sha-256": createHmac("sha256", key).update(body).digest("hex") };
        return miniflare.dispatchFetch("http://greeter/webhooks", { method: "POST", headers, body });
      };
      await expect(await (await deliver("key")).text(), "User.Created\n");
      await expect((await deliver("another key")).status, 401);
    });
  },

  async browser({ folder, here, server }) {
    cpSync(join(here, "../../examples/browser"), folder, { recursive: true, filter: (path) => !/node_modules|README/.test(path) });
    await withPage(`${server}/files/index.html`, async (page, errors) => {
      const rows = () => page.locator("tbody tr").allInnerTexts();
      await page.locator("html[data-ready]").waitFor({ timeout: 30_000 }).catch(() => expect(errors.join("; "), "a page that is ready"));
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
      await expect((await rows()).length, 10);
      await expect(await page.locator("#position").innerText(), "1–10 of 24");
      await page.locator("#next").click();
      await page.getByText("11–20 of 24").waitFor();
      await page.locator("#search input").fill("ada");
      await page.getByText("1–1 of 1").waitFor();
      await expect((await rows())[0].includes("ada_lovelace@example.com"), true);
      await page.getByText("Use a server").click();
      await page.getByLabel("Endpoint").fill(`${server}/s/browser`);
      await page.getByLabel("Access token").fill("its-token");
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByText("1–10 of 250").waitFor();
      await expect(await page.locator("#source").innerText(), `on ${server}/s/browser`);
      await expect((await seen(server, "browser")).seen[0].headers.authorization, "Bearer its-token");
      await expect(errors.join("; "), "");
    });
  },
};

/** A shim like that of worker-build, which passes requests to the module. */
const RUST_SHIM = `
import * as worker from "./worker_rust.js";
import module from "./logto_admin.wasm";
worker.initSync({ module });
export default { fetch: (request, env, context) => worker.fetch(request, env, context) };
`;

/** Builds a crate of the workspace for the web into a folder. */
function buildCrate(here, name, out) {
  const root = join(here, "../..");
  const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  run("cargo", "build", "--quiet", "--target", "wasm32-unknown-unknown", "--profile", "wasm", "-p", name);
  const { target_directory } = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 }));
  const file = name.replaceAll("-", "_");
  run("wasm-bindgen", "--target", "web", "--no-typescript", "--out-dir", out, join(target_directory, `wasm32-unknown-unknown/wasm/${file}.wasm`));
}

async function expect(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

export function examples(context) {
  const there = Object.entries(cases).filter(([name]) => existsSync(join(context.here, "../../examples", name)));
  return runCases(Object.fromEntries(there), context);
}
