import { median } from "./report.mjs";

/** The sides to compare. Bare fetch comes first, as the baseline. */
export const SIDES = { fetch: "bare fetch", limited: "bare fetch with a timeout", "logto-api": "@logto/api", "logto-api-limited": "@logto/api with a timeout", package: "npm package" };

/**
 * Measures each side once per round and returns the figures by side.
 *
 * Each round starts with another side, and every second round runs in reverse order.
 */
export async function inTurns(rounds, measure) {
  const names = Object.keys(SIDES);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    const turns = [...names.slice(first), ...names.slice(0, first)];
    for (const name of round % 2 === 0 ? turns : turns.reverse()) figures[name].push(await measure(name));
  }
  return figures;
}

/** Returns the median of `make` over the figures of two sides from the same round. */
export const paired = (ones, others, make) => median(ones.map((one, round) => make(one, others[round])));
