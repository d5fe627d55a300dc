// Builds the published files into dist/.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { optimise } from "./optimise.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const run = (command, ...args) => execFileSync(command, args, { cwd: here, stdio: "inherit" });

rmSync(`${here}dist`, { recursive: true, force: true });
mkdirSync(`${here}dist/loader`, { recursive: true });

// The optimiser comes from npm, because wasm-pack would download one. lib/wasm/module.ts replaces the glue.
run("wasm-pack", "build", "--mode", "no-install", "--target", "web", "--profile", "wasm", "--no-opt", "--no-pack", "--no-typescript", "--out-dir", "pkg", "--out-name", "module");

const module = await optimise(readFileSync(`${here}pkg/module_bg.wasm`), readFileSync(linked()));
writeFileSync(`${here}dist/logto_admin.wasm`, module);
writeFileSync(`${here}dist/loader/bytes.js`, bytesSource(module));
copyFileSync(`${here}lib/loader/bytes.d.ts`, `${here}dist/loader/bytes.d.ts`);

run("node_modules/.bin/tsc", "-p", ".");

for (const licence of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  copyFileSync(`${here}../../${licence}`, `${here}${licence}`);
}

/** Returns the path of the linker's output, before wasm-bindgen. */
function linked() {
  const metadata = execFileSync("cargo", ["metadata", "--no-deps", "--format-version", "1"], { cwd: here, encoding: "utf8", maxBuffer: 2 ** 26 });
  return `${JSON.parse(metadata).target_directory}/wasm32-unknown-unknown/wasm/logto_admin_js.wasm`;
}

/** Returns a JavaScript module that decodes the bytes from text. Every runtime and bundler supports it. */
function bytesSource(bytes) {
  const text = Buffer.from(bytes).toString("base64");
  return `const text = "${text}";\n\nexport function bytes() {\n  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));\n}\n`;
}
