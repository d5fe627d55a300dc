// Makes a number of calls on request. The requester measures, because a worker's clock does not advance meanwhile.
import { times } from "./run.mjs";

export default {
  async fetch(request) {
    const { calls, ...work } = await request.json();
    return Response.json(await times(calls, work));
  },
};
