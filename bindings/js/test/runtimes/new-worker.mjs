// A Worker whose isolate is new: nothing has loaded the module yet. It notes what the first calls do, in order.
import { LogtoAdmin } from "logto-admin";

/** Events of the platform, in order. */
const order = [];

const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  order.push(new URL(url).pathname.replace(/^\/s\/[^/]*/, ""));
  return fetch(url, init);
};

const wait = scheduler.wait.bind(scheduler);
scheduler.wait = async (milliseconds) => {
  await wait(milliseconds);
  order.push("waited");
};

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...given) {
    super(...given);
    order.push("instance");
  }
};

let logto;

/** How a request makes its call. Each returns its result. */
const CALLS = {
  async get() {
    await Promise.all([logto.users.get("x"), logto.users.get("y")]);
    return "answered";
  },
  async order() {
    await logto.users.get("x");
    return order;
  },
  /** Gives up at once. */
  async abort() {
    const controller = new AbortController();
    const call = logto.users.get("x", undefined, { signal: controller.signal });
    controller.abort();
    return call.then(() => "answered", ({ name }) => name);
  },
  /** Ends before its call. */
  async leave() {
    logto.users.get("x").catch(() => {});
    return "left";
  },
};

export default {
  async fetch(request) {
    const { endpoint, call } = await request.json();
    logto ??= new LogtoAdmin({ endpoint, appId: "app", appSecret: "secret" });
    return Response.json(await CALLS[call]());
  },
};
