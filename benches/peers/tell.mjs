// The arguments and the output of the programs in this folder.
import process from "node:process";

/** `call` runs a side for some seconds and returns the number of calls. `cpu` returns the CPU seconds used so far. */
export async function tell(call, cpu) {
  const [side, url, callers, warmUp, seconds] = process.argv.slice(2);
  const work = { side, url, size: 20, callers: Number(callers) };
  await call(work, Number(warmUp));
  const before = [performance.now(), cpu()];
  const calls = await call(work, Number(seconds));
  console.log(JSON.stringify({ calls, seconds: (performance.now() - before[0]) / 1000, cpu: cpu() - before[1] }));
}
