// Runs the suite where there are processes: prints its results as the last line.
import { run } from "../suite.mjs";
import { ready } from "../../node_modules/logto-admin/dist/wasm/engine.js";

const [runtime, server] = process.argv.slice(2);
console.log(`\n${JSON.stringify(await run({ runtime, server, ready }))}`);
// A suite's own connections may linger.
process.exit(0);
