// Makes calls for some seconds in workerd, measured from outside: workerd.mjs SIDE URL CALLERS WARM-UP SECONDS
import { readFileSync } from "node:fs";
import { pid } from "node:process";
import { ask } from "../../bindings/js/test/runtimes/workerd.mjs";
import { withCalls } from "./in-workerd.mjs";
import { tell } from "./tell.mjs";

/** Calls per request to the worker. They are enough to make the cost of the request itself negligible. */
const CALLS = 2000;

await withCalls((worker) => tell(async (work, seconds) => {
  const end = performance.now() + seconds * 1000;
  let calls = 0;
  while (performance.now() < end) calls += await ask(worker, { ...work, calls: CALLS });
  return calls;
}, childrensCpu));

/** Returns the CPU seconds of this process's children. Only Linux reports them, in hundredths of a second. */
function childrensCpu() {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return children.reduce((sum, child) => {
      const [user, system] = readFileSync(`/proc/${child}/stat`, "utf8").replace(/.*\)/s, "").trim().split(" ").slice(11);
      return sum + (Number(user) + Number(system)) / 100;
    }, 0);
  } catch {
    return NaN;
  }
}
