// Calls so many times when it is asked to. A worker's clock stands still meanwhile: who asks has to measure.
import { times } from "./run.mjs";

export default {
  async fetch(request) {
    const { calls, ...work } = await request.json();
    return Response.json(await times(calls, work));
  },
};
