// The time of a call when no request leaves the process: own.mjs [SIDE]. With a side, it measures only that side.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { times } from "../peers/run.mjs";
import { answer } from "./answers.mjs";
import { median, Report } from "./report.mjs";
import { SIDES } from "./turns.mjs";

/** Each round runs in a new process, because engines optimize code that runs often. */
const ROUNDS = 9;
const [FIRST, LATER] = [2_000, 50_000];

/** Responds immediately. The body is one short item, so that the measurement is not dominated by reading it. */
async function answered(request) {
  const url = request.url ?? request;
  const text = answer(url.includes("/oidc/"));
  return new Response(text, { headers: { "content-type": "application/json", "content-length": text.length } });
}

/** Returns the microseconds per call, of the first calls and of later ones. */
async function own(side) {
  globalThis.fetch = answered;
  const work = { side, url: "http://127.0.0.1:1", size: 1, callers: 1 };
  const time = async (calls) => {
    const begin = performance.now();
    await times(calls, work);
    return ((performance.now() - begin) / calls) * 1000;
  };
  await time(1);
  const first = await time(FIRST);
  await time(LATER);
  return { first, later: await time(FIRST) };
}

const [side] = process.argv.slice(2).filter((name) => name in SIDES);
if (side) {
  console.log(JSON.stringify(await own(side)));
} else {
  const script = fileURLToPath(import.meta.url);
  const round = (name) => JSON.parse(execFileSync(process.execPath, [script, name], { encoding: "utf8" }));
  const report = new Report();
  const rows = Object.entries(SIDES).map(([name, by]) => {
    const rounds = Array.from({ length: ROUNDS }, () => round(name));
    return [by, median(rounds.map(({ first }) => first)).toFixed(1), median(rounds.map(({ later }) => later)).toFixed(1)];
  });
  report.table(
    `Time of a call in Node without network I/O, µs (medians of ${ROUNDS} processes)`,
    ["client", `per call, first ${FIRST.toLocaleString("en")}`, `per call, after ${LATER.toLocaleString("en")}`],
    rows,
  );
  report.print();
}
