// Time from starting a new workerd isolate to the first request of its worker, which is the token request on every side.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ask, withWorker } from "../../bindings/js/test/runtimes/workerd.mjs";
import { bundled } from "../peers/in-workerd.mjs";
import { answer } from "./answers.mjs";
import { median, Report } from "./report.mjs";
import { inTurns, paired, SIDES } from "./turns.mjs";

const ROUNDS = 31;

/** Bare fetch, after parts of what the package does before its first request. */
const STARTS = {
  "package-module": "bare fetch, after an instance of the package's module was created",
  "package-script": "bare fetch, after the package's script was loaded",
  "package-call": "bare fetch, after the package's script did all that it does before it needs an instance",
};
const ALL = { ...SIDES, ...STARTS };
const NAMES = Object.keys(ALL);

/** When the first request arrived. The clock is that of this process, which also starts the measurement. */
let arrived;

const server = createServer((request, response) => {
  arrived ??= performance.now();
  response.setHeader("content-type", "application/json");
  response.end(answer(request.method === "POST"));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;

/** The source of a worker with only one side. */
async function source(side) {
  const entry = fileURLToPath(new URL(`../peers/node_modules/.cache/benches/cold/${side}.mjs`, import.meta.url));
  mkdirSync(dirname(entry), { recursive: true });
  writeFileSync(
    entry,
    `import { reader } from "../../../../${side in STARTS ? "starts" : "sides"}/${side}.mjs";
     export default {
       async fetch(request) {
         const read = await reader(await request.text());
         return Response.json(await read(1));
       },
     };`,
  );
  const path = await bundled(entry, `cold-${side}`, "workerd");
  return { text: { type: "Text", path: `/${side}.txt`, contents: readFileSync(path) }, wasm: join(dirname(path), "logto_admin.wasm") };
}

async function measured() {
  const sources = await Promise.all(NAMES.map(source));
  const modules = [
    { type: "ESModule", path: "/loader.mjs", contents: readFileSync(new URL("loader.mjs", import.meta.url)) },
    { type: "Data", path: "/logto_admin.bin", contents: readFileSync(sources[0].wasm) },
    ...sources.map(({ text }) => text),
  ];
  return withWorker({ modules, modulesRoot: "/", workerLoaders: { LOADER: {} } }, (loader) => {
    const round = async (side) => {
      arrived = undefined;
      const begin = performance.now();
      if (await ask(loader, { side, url }) !== 1) throw new Error("the list should have one user");
      return arrived - begin;
    };
    return inTurns(3, round, NAMES).then(() => inTurns(ROUNDS, round, NAMES));
  });
}

const figures = await measured();
server.close();
server.closeAllConnections();

const over = (one, other) => one - other;
const ratio = (one, other) => one / other;
const relative = (side) => paired(figures[side], figures["logto-api"], ratio);
const report = new Report();
report.table(
  `Time from starting a new workerd isolate to its first request (medians of ${ROUNDS} alternating rounds)`,
  ["client", "ms", "ms more than bare fetch", "time relative to @logto/api"],
  Object.entries(ALL).map(([side, name]) => [name, median(figures[side]).toFixed(1), paired(figures[side], figures.fetch, over).toFixed(1), relative(side).toFixed(2)]),
);
report.check("time to the first request of a new workerd isolate relative to @logto/api", relative("package"), 1.5);
report.print();
