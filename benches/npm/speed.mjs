// Lists of users, read by the package, by Logto's own client and by bare fetch: speed.mjs URL [RUNTIME...]
import { readFileSync } from "node:fs";
import { withPage } from "../../bindings/js/test/runtimes/chromium.mjs";
import { ask } from "../../bindings/js/test/runtimes/workerd.mjs";
import { bundled, withCalls } from "../peers/in-workerd.mjs";
import { times } from "../peers/run.mjs";
import { median, Report } from "./report.mjs";
import { inTurns, paired, SIDES, spread } from "./turns.mjs";

const ROUNDS = 31;
/**
 * Calls per round. They are enough to make the cost of the message that starts them negligible. Chromium takes ten times
 * as long for a call.
 */
const CALLS = { Node: 480, workerd: 480, Chromium: 192 };

const [url, ...named] = process.argv.slice(2);

/** Each entry passes `use` a function that makes some calls. */
const RUNTIMES = {
  Node: (use) => use(times),
  workerd: (use) => withCalls((worker) => use((calls, work) => ask(worker, { ...work, calls }))),
  Chromium: chromium,
};

/** A page from the server's own origin, so that calls need no CORS preflight. */
async function chromium(use) {
  const content = readFileSync(await bundled("../npm/page.mjs", "page", "browser"), "utf8");
  return withPage(`${url}/bench/token-calls`, async (page) => {
    await page.addScriptTag({ content, type: "module" });
    return use((calls, work) => page.evaluate(([calls, work]) => globalThis.times(calls, work), [calls, work]));
  });
}

/** The sides to compare. The second @logto/api shows how much two equal sides differ. */
const NAMES = ["fetch", "logto-api", "logto-api-limited", "logto-api-limited again", "package"];

/**
 * Returns the microseconds per call, by side and round.
 *
 * The clock is outside of the runtime for all runtimes, because a worker's clock does not advance while it runs.
 */
async function measure(make, calls, size, callers) {
  const round = async (side) => {
    const begin = performance.now();
    await make(calls, { side, url, size, callers });
    return ((performance.now() - begin) / calls) * 1000;
  };
  await inTurns(3, round, NAMES);
  return inTurns(ROUNDS, round, NAMES);
}

const over = (one, other) => one / other;
const report = new Report();
const rows = [];

function add(runtime, size, callers, figures) {
  const base = figures["logto-api-limited"];
  for (const name of NAMES) {
    const title = name.endsWith("again") ? `${SIDES["logto-api-limited"]}, again` : SIDES[name];
    rows.push([runtime, size, callers, title, median(figures[name]).toFixed(0), paired(figures[name], figures.fetch, over).toFixed(3), paired(figures[name], base, over).toFixed(3)]);
  }
  const what = `list of ${size} users, ${runtime}, ${callers} ${callers === 1 ? "caller" : "callers"}`;
  report.check(`time relative to @logto/api with a timeout, ${what}`, paired(figures.package, base, over), 1 + spread(figures["logto-api-limited again"], base));
}

for (const [runtime, run] of Object.entries(RUNTIMES)) {
  if (named.length > 0 && !named.includes(runtime)) continue;
  await run(async (make) => {
    for (const size of [20, 100]) for (const callers of [1, 32]) add(runtime, size, callers, await measure(make, CALLS[runtime], size, callers));
  });
}
report.table(
  `Lists of users, parsed (medians of ${ROUNDS} alternating rounds, ${CALLS.Node} calls each; ${CALLS.Chromium} in Chromium)`,
  ["runtime", "users", "callers", "client", "µs per call", "time relative to bare fetch", "time relative to @logto/api with a timeout"],
  rows,
);
report.print();
