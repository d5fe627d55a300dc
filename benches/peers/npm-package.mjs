// By the npm package: node npm-package.mjs URL CALLERS SECONDS [where its dist/index.js is]
import process from "node:process";
import { measure, more, url } from "./run.mjs";

const { LogtoAdmin } = await import(more[0] ?? "../../bindings/js/dist/index.js");
const logto = new LogtoAdmin({ endpoint: url, appId: "bench", appSecret: "secret" });

await measure(async () => (await logto.users.list({ page: 1, pageSize: 20 })).items.length);
process.exit(0);
