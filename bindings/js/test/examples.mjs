// The Workers of `examples/`, in workerd.
import { cpSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Miniflare } from "miniflare";
import { bundle } from "./bundle.mjs";
import { modules } from "./runtimes/workerd.mjs";

const DATE = "2026-04-01";

/** Stands for a Logto behind a service binding: passes everything on to the tests' server. */
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
    const greeter = (name) => ({ name, modules: modules(path), modulesRoot: dirname(path), compatibilityDate: DATE, bindings, serviceBindings: { LOGTO: "logto" }, kvNamespaces: { TOKENS: "tokens" } });
    const workers = [greeter("one"), greeter("two"), { name: "logto", modules: true, script: behind(server), compatibilityDate: DATE }];
    const miniflare = new Miniflare({ workers });
    try {
      const [one, two] = [await miniflare.getWorker("one"), await miniflare.getWorker("two")];
      const ask = async (worker, id) => (await worker.fetch(`http://greeter/users/${id}`)).text();
      await expect(await ask(one, "ada"), "Hello, ada!\n");
      const answers = await Promise.all(Array.from({ length: 20 }, (_, number) => ask(one, `u${number}`)));
      await expect(answers[19], "Hello, u19!\n");
      await expect(await ask(two, "bob"), "Hello, bob!\n");
      await expect((await seen(server, "worker-js")).tokens, 1);
    } finally {
      await miniflare.dispose();
    }
  },
};

async function expect(actual, expected) {
  if (actual !== expected) throw new Error(`${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
}

export async function examples(context) {
  const results = { passed: [], failed: [] };
  for (const [name, run] of Object.entries(cases)) {
    if (!existsSync(join(context.here, "../../examples", name))) continue;
    try {
      await run(context);
      results.passed.push(name);
    } catch (error) {
      results.failed.push(`${name}: ${error?.stack ?? error}`);
    }
  }
  return results;
}
