// What a list of 100 users costs over bare `fetch` and `response.json()`, and how long the module takes to start.
// Prints; it is no test, because machines differ.
import { readFileSync } from "node:fs";
import { LogtoAdmin } from "../dist/index.js";
import { start } from "../test/server.mjs";

const ROUNDS = 40;
const CALLS = 50;

const server = await start(".");
const endpoint = `${server.url}/s/speed`;
const logto = new LogtoAdmin({ endpoint, appId: "app", appSecret: "secret" });
const authorization = `Bearer ${await logto.getToken()}`;
const ours = () => logto.users.list({ page: 1, pageSize: 100 });
const bare = async () => (await fetch(`${endpoint}/api/users?page=1&page_size=100`, { headers: { authorization } })).json();

async function time(call) {
  const begin = performance.now();
  for (let count = 0; count < CALLS; count++) await call();
  return (performance.now() - begin) / CALLS;
}

const ratios = [];
for (let round = 0; round < ROUNDS; round++) {
  const [first, second] = round % 2 === 0 ? [ours, bare] : [bare, ours];
  const times = new Map([[first, await time(first)], [second, await time(second)]]);
  ratios.push(times.get(ours) / times.get(bare));
}
const median = ratios.slice(ROUNDS / 4).sort((a, b) => a - b)[Math.floor((ROUNDS * 3) / 8)];

const bytes = readFileSync(new URL("../dist/logto_admin.wasm", import.meta.url));
const { instantiate } = await import("../dist/instance.js");
const begin = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
instantiate(module, {});
const ready = performance.now();
console.log(`A list of 100 users costs ${((median - 1) * 100).toFixed(1)} % over bare fetch; compilation ${(compiled - begin).toFixed(1)} ms, instantiation ${(ready - compiled).toFixed(1)} ms`);
server.close();
