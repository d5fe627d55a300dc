import { run } from "../suite.mjs";
import { ready } from "logto-admin/core";

addEventListener("fetch", (event) => {
  const server = new URL(event.request.url).searchParams.get("server");
  event.respondWith(run({ runtime: "edge", server, ready }).then((results) => Response.json(results)));
});
