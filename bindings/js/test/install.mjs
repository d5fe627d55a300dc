import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Packs the package in one folder and installs it into another, as users do. Returns the path of the archive. */
export function install(here, folder) {
  const npm = (...args) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const [{ filename }] = JSON.parse(npm("pack", here, "--json", "--ignore-scripts", "--loglevel=error"));
  npm("install", "--offline", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", `./${filename}`);
  return join(folder, filename);
}
