// The first calls in a new isolate of workerd, where one request must not wait for what another one started.
import { dirname } from "node:path";
import { bundle } from "./bundle.mjs";
import { equal, runCases } from "./cases.mjs";
import { ask, modules, withWorker } from "./runtimes/workerd.mjs";

/** Makes requests to a new isolate at the same time. Returns their results, and the number of token calls. */
async function together({ path, server }, id, calls) {
  const endpoint = `${server}/s/${id}`;
  const options = { modules: modules(path), modulesRoot: dirname(path) };
  const results = await withWorker(options, (worker) => Promise.all(calls.map((call) => ask(worker, { endpoint, call }))));
  const { tokens } = await (await fetch(`${server}/seen/${id}`)).json();
  return { results, tokens };
}

const cases = {
  async "the token request is sent before there is an instance"(context) {
    const { results } = await together(context, "first-order", ["order"]);
    equal(results, [["/oidc/token", "waited", "instance", "/api/users/x"]]);
  },

  async "all calls share one token"(context) {
    const { results, tokens } = await together(context, "first-shared", Array(50).fill("get"));
    equal([new Set(results).size, results[0], tokens], [1, "answered", 1]);
  },

  async "a call that is aborted stops no other"(context) {
    const { results } = await together(context, "first-abort", ["abort", "get", "get"]);
    equal(results, ["AbortError", "answered", "answered"]);
  },

  async "a request that ends before its call stops no other"(context) {
    const { results } = await together(context, "first-leave", ["leave", "get", "get"]);
    equal(results, ["left", "answered", "answered"]);
  },
};

export async function firstCalls({ folder, server }) {
  const path = await bundle(folder, "test/runtimes/new-worker.mjs", "first-calls/worker.mjs", ["workerd"]);
  return runCases(cases, { path, server });
}
