// Lists of users, read by many callers.

const readers = {};

/** Reads lists by one side while there is more to do; gives how many. A side's client is made once. */
export async function run({ side, url, size, callers }, more) {
  const read = (readers[side] ??= await (await import(`./sides/${side}.mjs`)).reader(url));
  let calls = 0;
  await Promise.all(Array.from({ length: callers }, async () => {
    while (more()) {
      if (await read(size) !== size) throw new Error(`the list should have ${size} users`);
      calls += 1;
    }
  }));
  return calls;
}

/** The same, so many times. */
export function times(calls, work) {
  let left = calls;
  return run(work, () => left-- > 0);
}
