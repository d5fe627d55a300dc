// Starts a worker with one side in a new isolate and lets it read a list.
import fetchSource from "./fetch.txt";
import limitedSource from "./limited.txt";
import logtoSource from "./logto-api.txt";
import logtoLimitedSource from "./logto-api-limited.txt";
import packageSource from "./package.txt";
import callSource from "./package-call.txt";
import moduleSource from "./package-module.txt";
import scriptSource from "./package-script.txt";
import wasm from "./logto_admin.bin";

const SOURCES = {
  fetch: fetchSource,
  limited: limitedSource,
  "logto-api": logtoSource,
  "logto-api-limited": logtoLimitedSource,
  package: packageSource,
  "package-call": callSource,
  "package-module": moduleSource,
  "package-script": scriptSource,
};

export default {
  async fetch(request, { LOADER }) {
    const { side, url } = await request.json();
    const modules = { "worker.js": SOURCES[side] };
    if (side.startsWith("package")) modules["logto_admin.wasm"] = { wasm };
    const worker = LOADER.load({ compatibilityDate: "2026-04-01", mainModule: "worker.js", modules });
    return worker.getEntrypoint().fetch("http://worker/", { method: "POST", body: url });
  },
};
