import { bundlers } from "./bundlers.mjs";
import { emulator } from "./emulator.mjs";
import { examples } from "./examples.mjs";
import { facade } from "./facade.mjs";
import { firstCalls } from "./first-calls.mjs";
import { packed } from "./package.mjs";
import { chromium } from "./runtimes/chromium.mjs";
import { edge } from "./runtimes/edge.mjs";
import { bun, deno, nodeNewest, nodeOldest, processes } from "./runtimes/processes.mjs";
import { workerd } from "./runtimes/workerd.mjs";
import { shared } from "./shared.mjs";
import { stores } from "./stores.mjs";
import { types } from "./types.mjs";

/**
 * All tests by name. Each receives the folder where the package is installed, the folder of the project, and the URL of
 * the server.
 */
export const tests = {
  "installed Node": nodeOldest,
  "newest Node": nodeNewest,
  processes,
  Deno: deno,
  Bun: bun,
  workerd,
  "first calls": firstCalls,
  "edge-runtime": edge,
  Chromium: chromium,
  facade,
  "shared cases": shared,
  "token stores": stores,
  emulator,
  package: packed,
  bundlers,
  examples,
  types,
};
