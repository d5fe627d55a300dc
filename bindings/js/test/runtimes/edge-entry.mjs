import { run } from "../suite.mjs";
import { ready } from "../../node_modules/logto-admin/dist/wasm/engine.js";

addEventListener("fetch", (event) => {
  const server = new URL(event.request.url).searchParams.get("server");
  event.respondWith(run({ runtime: "edge", server, ready }).then((results) => Response.json(results)));
});
