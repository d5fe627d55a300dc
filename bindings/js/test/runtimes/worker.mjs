import { run } from "../suite.mjs";
import { ready } from "logto-admin/core";

export default {
  async fetch(request) {
    const { server } = await request.json();
    return Response.json(await run({ runtime: "workerd", server, ready }));
  },
};
