import { execFileSync } from "node:child_process";

/** Packs the package of one folder and installs it into another, as it comes to whoever uses it. */
export function install(here, folder) {
  const npm = (...args) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const [{ filename }] = JSON.parse(npm("pack", here, "--json", "--ignore-scripts", "--loglevel=error"));
  npm("install", "--offline", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", `./${filename}`);
}
