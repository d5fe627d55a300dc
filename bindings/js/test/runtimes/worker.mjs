import { run } from "../suite.mjs";
import { ready } from "../../node_modules/logto-admin/dist/wasm/engine.js";

export default {
  async fetch(request) {
    const { server } = await request.json();
    return Response.json(await run({ runtime: "workerd", server, ready }));
  },
};
