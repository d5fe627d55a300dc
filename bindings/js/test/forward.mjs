/** Answers a request to a server of Node with an emulator. */
export async function forward(emulator, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method, headers } = request;
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  const answer = await emulator.fetch(emulator.endpoint + request.url, { method, headers, body });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}
