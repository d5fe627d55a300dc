// The script of the browser page. The bench calls its global function.
import { times } from "../peers/run.mjs";

globalThis.times = times;
