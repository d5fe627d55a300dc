// The gzipped size of a worker's bundle and its parts.
import { BOUND, sizes } from "../../bindings/js/scripts/size.mjs";
import { Report } from "./report.mjs";

const { module, script, users, every } = await sizes();
const report = new Report();
report.table("Size of a worker's bundle, in gzipped bytes", ["part", "one group (`createClient` with users)", "all groups (`LogtoAdmin`)"], [
  ["WebAssembly module", module, module],
  ["hand-written JavaScript", script, script],
  ["operation tables", users, every],
  ["total", module + script + users, module + script + every],
]);
report.check("gzipped bytes of the npm package in a worker's bundle", module + script + every, BOUND, true);
report.print();
