// Time to compile and instantiate the module: start.mjs URL
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withPage } from "../../bindings/js/test/runtimes/chromium.mjs";
import { once } from "./once.mjs";
import { median, Report } from "./report.mjs";

const ROUNDS = 31;

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const wasm = path("../peers/node_modules/logto-admin/dist/logto_admin.wasm");

/** Runs each round in a new process, because engines cache compiled code. */
function inNode() {
  const round = () => JSON.parse(execFileSync(process.execPath, [path("once.mjs"), wasm], { encoding: "utf8" }));
  return Array.from({ length: ROUNDS }, round);
}

/** Runs all rounds in one page. A custom section makes each module different, so that the browser cannot cache it. */
function inChromium() {
  return withPage(`${process.argv[2]}/bench/token-calls`, async (page) => {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await page.evaluate(once, [...readFileSync(wasm), 0, 3, 1, 97, round]));
    return rounds;
  });
}

const report = new Report();
const rows = [];
for (const [runtime, rounds] of [["Node", inNode()], ["Chromium", await inChromium()]]) {
  const middle = (part) => median(rounds.map(part));
  const [instantiate, both] = [middle(({ instantiate }) => instantiate), middle(({ compile, instantiate }) => compile + instantiate)];
  rows.push([runtime, ...[middle(({ compile }) => compile), instantiate, both].map((time) => time.toFixed(2))]);
  report.check(`ms to compile and instantiate the module in ${runtime}`, both, 5);
  report.check(`ms to instantiate the module in ${runtime}`, instantiate, 2);
}
report.table(`Module startup, ms (medians of ${ROUNDS} rounds; in Node, each in a new process)`, ["runtime", "compile", "instantiate", "total"], rows);
report.print();
