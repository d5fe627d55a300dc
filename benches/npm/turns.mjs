import { median } from "./report.mjs";

/** The sides to compare. Bare fetch comes first, as the baseline. */
export const SIDES = { fetch: "bare fetch", limited: "bare fetch with a timeout", "logto-api": "@logto/api", "logto-api-limited": "@logto/api with a timeout", package: "npm package" };

/**
 * Measures each side once per round and returns the figures by side. `names` can contain a side twice, as `NAME` and
 * `NAME again`.
 *
 * Each round starts with another side, and every second round runs in reverse order.
 */
export async function inTurns(rounds, measure, names = Object.keys(SIDES)) {
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    const turns = [...names.slice(first), ...names.slice(0, first)];
    for (const name of round % 2 === 0 ? turns : turns.reverse()) figures[name].push(await measure(name.replace(" again", "")));
  }
  return figures;
}

/** Returns the median of `make` over the figures of two sides from the same round. */
export const paired = (ones, others, make) => median(ones.map((one, round) => make(one, others[round])));

/** Returns the noise of the median ratio of two sides. It is the largest difference from 1 in a third of the rounds. */
export function spread(ones, others) {
  const length = Math.ceil(ones.length / 3);
  const thirds = [0, 1, 2].map((third) => [ones, others].map((figures) => figures.slice(third * length, (third + 1) * length)));
  return Math.max(...thirds.map(([some, same]) => Math.abs(paired(some, same, (one, other) => one / other) - 1)));
}
