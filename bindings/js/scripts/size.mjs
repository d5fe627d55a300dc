// Prints the size of the package as bundled for a worker with all groups. Fails if it exceeds the bound.
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const GOAL = 40_000;
export const BOUND = 50_000;

const here = fileURLToPath(new URL("..", import.meta.url));

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Returns the gzipped size of a worker with this source, without the module. */
async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["*.wasm"],
    write: false,
  });
  return gzipped(outputFiles[0].contents);
}

/**
 * Returns gzipped bytes of the module, the script and the tables. The tables are those of one group and of all groups.
 */
export async function sizes() {
  const core = `export { createClient } from "./dist/core.js"`;
  const script = await bundled(core);
  const users = await bundled(`${core}; export { users } from "./dist/api/users.js"`);
  const every = await bundled(`export { LogtoAdmin } from "./dist/index.js"`);
  return { module: gzipped(readFileSync(`${here}dist/logto_admin.wasm`)), script, users: users - script, every: every - script };
}

/**
 * The largest difference between the figures of the README and the sizes. Small changes should not change the README.
 */
const TOLERANCE = 0.02;

/** Returns the figures of the README that differ from the sizes. */
function outdated({ module, script, users, every }) {
  const readme = readFileSync(`${here}README.md`, "utf8").replace(/\s+/g, " ");
  const sentences = /prints ([\d,]+) bytes: ([\d,]+) for the module, ([\d,]+) for the script and ([\d,]+) for the tables of operations\. The table of the group `users` alone takes ([\d,]+) bytes/;
  const bound = /fails above ([\d,]+) bytes/.exec(readme)?.[1];
  const figures = sentences.exec(readme)?.slice(1).map((figure) => Number(figure.replace(",", ""))) ?? [];
  const sizes = [module + script + every, module, script, every, users];
  const wrong = sizes.filter((size, index) => !(Math.abs(figures[index] - size) <= TOLERANCE * size));
  return bound === BOUND.toLocaleString("en") ? wrong : [BOUND, ...wrong];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { module, script, users, every } = await sizes();
  const total = module + script + every;
  console.log(`Size in a worker, gzipped: ${total} bytes (module ${module}, script ${script}, tables of all groups ${every}, of users ${users}); goal ${GOAL}, bound ${BOUND}`);
  if (total > BOUND) {
    console.error("the package exceeds its bound");
    process.exitCode = 1;
  }
  const missing = outdated({ module, script, users, every });
  if (missing.length > 0) {
    console.error(`the README lacks these figures: ${missing.join(", ")}`);
    process.exitCode = 1;
  }
}
