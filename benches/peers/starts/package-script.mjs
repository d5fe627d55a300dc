// Bare fetch, after the package's script was loaded.
import { LogtoAdmin } from "logto-admin";
import { reader as bare } from "../sides/fetch.mjs";

export function reader(url) {
  // Bundlers would leave out a class that nothing uses.
  if (typeof LogtoAdmin !== "function") throw new Error("the package has no client");
  return bare(url);
}
