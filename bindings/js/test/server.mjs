// A mock Logto. Each test has a separate endpoint, `/s/{id}`. It sets a plan for its next answers (`PUT /plan/{id}`), and
// reads the requests that arrived (`GET /seen/{id}`). `PUT /release/{id}` lets the server send the answers that it held.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".html": "text/html", ".wasm": "application/wasm", ".css": "text/css" };
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** Starts the server. It serves the files of `folder` under `/files/`. */
export async function start(folder) {
  const rooms = new Map();
  const server = createServer((request, response) => {
    answer(rooms, folder, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

async function answer(rooms, folder, request, response) {
  const url = new URL(request.url, "http://localhost");
  const [, kind, id, ...rest] = url.pathname.split("/");
  const path = `/${rest.join("/")}`;
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "*");
  response.setHeader("access-control-allow-methods", "*");
  response.setHeader("access-control-expose-headers", "*");
  if (request.method === "OPTIONS") return response.end();
  if (kind === "files") return file(`${folder}/${[id, ...rest].join("/")}`, response);
  if (!rooms.has(id)) rooms.set(id, { plan: [], tokenPlan: [], seen: [], tokens: 0, aborted: 0 });
  const room = rooms.get(id);
  const body = await read(request);
  if (kind === "plan") return response.end(JSON.stringify(Object.assign(room, JSON.parse(body))));
  if (kind === "release") return response.end(String(release(id)));
  if (kind === "seen") return json(response, 200, room);
  response.once("close", () => (room.aborted += response.writableFinished ? 0 : 1));
  const token = path === "/oidc/token";
  if (token) room.tokens += 1;
  room.seen.push({ method: request.method, path, query: url.search, headers: request.headers, body: body.toString("latin1") });
  const step = (token ? room.tokenPlan : room.plan).shift();
  if (step?.held) await held(id);
  if (step) return act(step, response);
  if (token) return json(response, 200, { access_token: `token-${room.tokens}`, token_type: "Bearer", expires_in: 3600, scope: "all" });
  return api(request, path, url, body, response);
}

/** Functions that send the answers held for each endpoint. */
const waiting = new Map();

/** Waits until the test releases the answers of this endpoint. */
function held(id) {
  return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
}

/** Returns how many answers were held. */
function release(id) {
  const all = waiting.get(id) ?? [];
  waiting.delete(id);
  for (const resolve of all) resolve();
  return all.length;
}

/**
 * Executes a step of a plan. It is a delay, a broken connection, or any status, headers and body. A step can be held before
 * that.
 */
async function act({ delay = 0, destroy, status = 200, headers = {}, body = "", length }, response) {
  await wait(delay);
  if (destroy === "before") return response.destroy();
  response.writeHead(status, { "content-type": "application/json", ...headers, ...(length ? { "content-length": length } : {}) });
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (destroy === "within") {
    response.write(text);
    await wait(20);
    return response.destroy();
  }
  return response.end(text);
}

const NOBODY = {
  username: null, primaryEmail: null, primaryPhone: null, name: null, avatar: null, customData: {}, identities: {}, lastSignInAt: null,
  createdAt: 1_700_000_000_000, updatedAt: 1_700_000_000_000, profile: {}, applicationId: null, isSuspended: false,
};
const USERS = Array.from({ length: 250 }, (_, number) => ({ ...NOBODY, id: `user-${number}`, username: `name-${number}` }));

function api(request, path, url, body, response) {
  if (path === "/api/users" && request.method === "GET") {
    const page = Number(url.searchParams.get("page") ?? 1);
    const size = Number(url.searchParams.get("page_size") ?? 20);
    response.setHeader("total-number", String(USERS.length));
    return json(response, 200, USERS.slice((page - 1) * size, page * size));
  }
  if (path === "/api/users") return json(response, 200, { id: "new", ...JSON.parse(body) });
  if (path === "/api/nothing" || request.method === "DELETE") return response.writeHead(204).end();
  if (path === "/api/user-assets") return json(response, 200, { url: request.headers["content-type"] });
  if (path.startsWith("/api/users/")) return json(response, 200, { ...NOBODY, id: path.slice("/api/users/".length) });
  response.setHeader("logto-core-request-id", "request-1");
  return json(response, 404, { code: "entity.not_found", message: "No such entity.", data: { path } });
}

function json(response, status, value) {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
}

async function file(path, response) {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(bytes);
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
