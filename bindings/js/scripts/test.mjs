// Packs the package, installs it into a fresh folder, and tests it there: all runtimes, all bundlers, and the types.
// Arguments are the names of the tests to run. Defaults to all tests.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tests } from "../test/all.mjs";
import { install } from "../test/install.mjs";
import { start } from "../test/server.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), "logto-admin-"));
const server = await start(folder);
let passed = 0;
const failures = [];
try {
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  install(here, folder);
  cpSync(join(here, "test"), join(folder, "test"), { recursive: true });
  for (const [name, test] of Object.entries(tests)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const results = await test({ folder, here, server: server.url }).catch((error) => ({ passed: [], failed: [String(error.stack ?? error)] }));
    console.log(`${name}: ${results.passed.length} passed, ${results.failed.length} failed`);
    for (const failure of results.failed) console.log(`  ${failure.split("\n").join("\n    ")}`);
    passed += results.passed.length;
    failures.push(...results.failed);
  }
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
