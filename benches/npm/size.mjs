// What a worker's bundle is made of, gzipped.
import { BOUND, sizes } from "../../bindings/js/scripts/size.mjs";
import { Report } from "./report.mjs";

const { module, script, users, every } = await sizes();
const report = new Report();
report.table("Bytes of a worker's bundle, gzipped", ["part", "one group (`createClient` with users)", "every group (`LogtoAdmin`)"], [
  ["WebAssembly module", module, module],
  ["hand-written script", script, script],
  ["tables of operations", users, every],
  ["all", module + script + users, module + script + every],
]);
report.check("bytes of the npm package for a worker, gzipped", module + script + every, BOUND, true);
report.print();
