import { median } from "./report.mjs";

/** Who is compared: bare fetch first, which the others are measured by. */
export const SIDES = { fetch: "bare fetch", limited: "bare fetch with a time limit", "logto-api": "@logto/api", package: "npm package" };

/** Lets each side measure itself once a round, another one first in each and every second round backwards; gives each one's figures. */
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

/** The middle of what is made of two sides' figures of the same round. */
export const paired = (ones, others, make) => median(ones.map((one, round) => make(one, others[round])));
