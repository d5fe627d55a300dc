// Calls by many callers for some seconds: how many, and how much CPU they took.
import process from "node:process";

/** URL, callers, seconds and whatever else the program was given. */
export const [url, callers, seconds, ...more] = process.argv.slice(2);

async function run(call, time) {
  const end = performance.now() + time * 1000;
  let calls = 0;
  await Promise.all(Array.from({ length: Number(callers) }, async () => {
    while (performance.now() < end) {
      if (await call() !== 20) throw new Error("the list should have 20 users");
      calls += 1;
    }
  }));
  return calls;
}

export async function measure(call) {
  await run(call, seconds / 5);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const calls = await run(call, Number(seconds));
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ calls, seconds: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 }));
}
