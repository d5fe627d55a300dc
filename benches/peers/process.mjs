// Makes calls for some seconds in this process, in any runtime: process.mjs SIDE URL CALLERS WARM-UP SECONDS
import process from "node:process";
import { run } from "./run.mjs";
import { tell } from "./tell.mjs";

await tell((work, seconds) => {
  const end = performance.now() + seconds * 1000;
  return run(work, () => performance.now() < end);
}, () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
});
process.exit(0);
