import { bundlers } from "./bundlers.mjs";
import { examples } from "./examples.mjs";
import { facade } from "./facade.mjs";
import { packed } from "./package.mjs";
import { chromium } from "./runtimes/chromium.mjs";
import { edge } from "./runtimes/edge.mjs";
import { bun, deno, nodeNewest, nodeOldest, nodeLetsGo } from "./runtimes/processes.mjs";
import { workerd } from "./runtimes/workerd.mjs";
import { types } from "./types.mjs";

/** Every test, by name: takes the folder where the package is installed, the project's, and the server's URL. */
export const tests = {
  "Node, the one installed": nodeOldest,
  "Node, the newest": nodeNewest,
  "Node is let go": nodeLetsGo,
  Deno: deno,
  Bun: bun,
  workerd,
  "edge-runtime": edge,
  Chromium: chromium,
  facade,
  package: packed,
  bundlers,
  examples,
  types,
};
