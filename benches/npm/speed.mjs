// A list of 100 users, read by the package, by Logto's own client and by bare fetch: speed.mjs URL [RUNTIME...]
import { readFileSync } from "node:fs";
import { withPage } from "../../bindings/js/test/runtimes/chromium.mjs";
import { ask } from "../../bindings/js/test/runtimes/workerd.mjs";
import { bundled, withCalls } from "../peers/in-workerd.mjs";
import { times } from "../peers/run.mjs";
import { median, Report } from "./report.mjs";
import { inTurns, paired, SIDES } from "./turns.mjs";

const ROUNDS = 21;
/** Calls per round: enough to make the cost of the message that starts them negligible. */
const CALLS = 200;

const [url, ...named] = process.argv.slice(2);

/** Each entry passes `use` a function that makes the calls of one round sequentially. */
const RUNTIMES = {
  Node: (use) => use((work) => times(CALLS, work)),
  workerd: (use) => withCalls((worker) => use((work) => ask(worker, { ...work, calls: CALLS }))),
  Chromium: chromium,
};

/** A page from the server's own origin, so that calls need no CORS preflight. */
async function chromium(use) {
  const content = readFileSync(await bundled("../npm/page.mjs", "page", "browser"), "utf8");
  return withPage(`${url}/bench/token-calls`, async (page) => {
    await page.addScriptTag({ content, type: "module" });
    return use((work) => page.evaluate(([calls, work]) => globalThis.times(calls, work), [CALLS, work]));
  });
}

/**
 * Returns the microseconds per call, by side and round.
 *
 * The clock is outside of the runtime for all runtimes, because a worker's clock does not advance while it runs.
 */
function measure(calls) {
  const round = async (side) => {
    const begin = performance.now();
    await calls({ side, url, size: 100, callers: 1 });
    return ((performance.now() - begin) / CALLS) * 1000;
  };
  return inTurns(3, round).then(() => inTurns(ROUNDS, round));
}

const over = (one, other) => one / other;
const report = new Report();
const rows = [];
for (const [runtime, run] of Object.entries(RUNTIMES)) {
  if (named.length > 0 && !named.includes(runtime)) continue;
  const figures = await run(measure);
  for (const [side, name] of Object.entries(SIDES)) {
    const seconds = figures[side].reduce((sum, time) => sum + (time * CALLS) / 1e6, 0);
    rows.push([runtime, name, median(figures[side]).toFixed(0), paired(figures[side], figures.fetch, over).toFixed(3), seconds.toFixed(1)]);
  }
  if (runtime === "Node") report.check("time of a list of 100 users relative to bare fetch, Node", paired(figures.package, figures.fetch, over), 1.2);
  const limited = paired(figures.package, figures["logto-api-limited"], over);
  report.check(`time of a list of 100 users relative to @logto/api with a timeout, ${runtime}`, limited, 1);
}
report.table(
  `List of 100 users, parsed, in sequential calls (medians of ${ROUNDS} alternating rounds, ${CALLS} calls each)`,
  ["runtime", "client", "µs per call", "time relative to bare fetch", "seconds measured"],
  rows,
);
report.print();
