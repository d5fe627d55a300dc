// Reads lists of users with many callers.

const readers = {};

/** Reads lists with one side while `more` returns true. Returns their number. Creates each side's client only once. */
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

/** Reads `calls` lists. */
export function times(calls, work) {
  let left = calls;
  return run(work, () => left-- > 0);
}
