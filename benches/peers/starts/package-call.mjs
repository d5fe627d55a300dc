// Bare fetch, after a call of the package got as far as it can without the module.
import { LogtoAdmin } from "logto-admin";
import { reader as bare } from "../sides/fetch.mjs";

export function reader(url) {
  const wasm = new Promise(() => {});
  const logto = new LogtoAdmin({ endpoint: url, appId: "bench", appSecret: "secret", rateLimit: false, wasm });
  logto.users.list({ page: 1, pageSize: 1 }).then();
  return bare(url);
}
