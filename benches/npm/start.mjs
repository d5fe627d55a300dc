// How long the module takes to be compiled and instantiated in Node.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, Report } from "./report.mjs";

const ROUNDS = 31;

const once = fileURLToPath(new URL("once.mjs", import.meta.url));
const rounds = Array.from({ length: ROUNDS }, () => JSON.parse(execFileSync(process.execPath, [once], { encoding: "utf8" })));
const [compile, instantiate, both] = [({ compile }) => compile, ({ instantiate }) => instantiate, ({ compile, instantiate }) => compile + instantiate]
  .map((part) => median(rounds.map(part)));

const report = new Report();
report.table(`The module's start in Node (medians of ${ROUNDS} processes)`, ["step", "ms"], [
  ["compile", compile.toFixed(2)],
  ["instantiate", instantiate.toFixed(2)],
  ["both", both.toFixed(2)],
]);
report.check("ms to compile and instantiate the module in Node", both, 5);
report.check("ms to instantiate the module in Node", instantiate, 2);
report.print();
