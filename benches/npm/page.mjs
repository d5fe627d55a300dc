// What the browser's page does when it is asked to.
import { times } from "../peers/run.mjs";

globalThis.times = times;
