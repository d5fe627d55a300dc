// What every program here is given and prints.
import process from "node:process";

/** `call` does a side's work for some seconds and gives the number of calls; `cpu` tells the seconds of CPU so far. */
export async function tell(call, cpu) {
  const [side, url, callers, warmUp, seconds] = process.argv.slice(2);
  const work = { side, url, size: 20, callers: Number(callers) };
  await call(work, Number(warmUp));
  const before = [performance.now(), cpu()];
  const calls = await call(work, Number(seconds));
  console.log(JSON.stringify({ calls, seconds: (performance.now() - before[0]) / 1000, cpu: cpu() - before[1] }));
}
