import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium as playwright } from "playwright-core";

const PACKAGE = "/files/node_modules/logto-admin/dist";

/** The page that runs the suite. An import map locates the package, without a bundler. */
const page = (server) => `<!doctype html>
<meta http-equiv="content-security-policy" content="script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'">
<script type="importmap">${JSON.stringify({
  imports: {
    "logto-admin": `${PACKAGE}/index.js`,
    "logto-admin/core": `${PACKAGE}/core.js`,
    "logto-admin/": `${PACKAGE}/api/`,
    "logto-admin/users": `${PACKAGE}/api/users.js`,
    "#loader": `${PACKAGE}/loader/browser.js`,
  },
})}</script>
<script type="module">
  import { run } from "/files/test/suite.mjs";
  import { ready } from "${PACKAGE}/core.js";
  globalThis.results = run({ runtime: "chromium", server: "${server}", ready });
</script>`;

/** Returns the path of the browser: `CHROMIUM`, or the first usual path that exists. */
export function executable() {
  const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  if (!found) throw new Error("Chromium is missing: set CHROMIUM to its path");
  return found;
}

export async function withPage(url, use) {
  const browser = await playwright.launch({ executablePath: executable(), args: ["--no-sandbox"] });
  try {
    const opened = await browser.newPage();
    const errors = [];
    opened.on("pageerror", (error) => errors.push(String(error)));
    opened.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await opened.goto(url);
    return await use(opened, errors);
  } finally {
    await browser.close();
  }
}

export async function chromium({ folder, server }) {
  writeFileSync(join(folder, "suite.html"), page(server));
  return withPage(`${server}/files/suite.html`, async (opened, errors) => {
    const results = await opened.evaluate(() => globalThis.results);
    return results ?? { passed: [], failed: errors };
  });
}
