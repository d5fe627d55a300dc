// Runs the suite in a process. Prints the results as the last line.
import { run } from "../suite.mjs";
import { ready } from "logto-admin/core";

const [runtime, server] = process.argv.slice(2);
console.log(`\n${JSON.stringify(await run({ runtime, server, ready }))}`);
// Connections of the suite can linger.
process.exit(0);
