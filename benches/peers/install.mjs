// Installs the built npm package next to the other clients.
import { fileURLToPath } from "node:url";
import { install } from "../../bindings/js/test/install.mjs";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

install(folder("../../bindings/js"), folder("."));
