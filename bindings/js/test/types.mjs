// Checks the types as users see them: files that must compile, and one in which every marked line must fail.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const settings = {
  "nodenext": { module: "NodeNext", moduleResolution: "NodeNext", types: [] },
  "bundler": { module: "ESNext", moduleResolution: "Bundler", types: [] },
};

function tsc({ folder, here }, name, files, options) {
  const project = join(folder, `tsconfig.${name}.json`);
  const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "ES2022", lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"], skipLibCheck: false, ...options };
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  return new Promise((resolve) => {
    execFile(join(here, "node_modules/.bin/tsc"), ["-p", project, "--pretty", "false"], { cwd: folder, timeout: 120_000 }, (_, stdout) => resolve(stdout));
  });
}

export async function types(context) {
  const results = { passed: [], failed: [] };
  const report = (name, problem) => (problem === "" ? results.passed.push(name) : results.failed.push(`${name}: ${problem}`));
  for (const [name, options] of Object.entries(settings)) {
    report(`correct use, ${name}`, await tsc(context, `good-${name}`, ["test/types/good.ts", "test/types/book.ts"], options));
    report(`incorrect use, ${name}`, missed(context, await tsc(context, `bad-${name}`, ["test/types/bad.ts"], options)));
  }
  return results;
}

/** Returns the marked lines without an error, and the other lines with one. */
function missed({ folder }, printed) {
  const lines = readFileSync(join(folder, "test/types/bad.ts"), "utf8").split("\n");
  const wrong = new Set(lines.flatMap((line, index) => (line.includes("// wrong:") ? [index + 1] : [])));
  const told = new Set([...printed.matchAll(/bad\.ts\((\d+),/g)].map(([, line]) => Number(line)));
  const silent = [...wrong].filter((line) => !told.has(line)).map((line) => `line ${line} is accepted: ${lines[line - 1]}`);
  const other = [...told].filter((line) => !wrong.has(line)).map((line) => `line ${line} is rejected: ${lines[line - 1]}`);
  return [...silent, ...other].join("\n");
}
