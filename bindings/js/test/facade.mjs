// The facade has every operation of Logto's API document, with the same id, method and path.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const METHODS = ["get", "post", "put", "patch", "delete"];

function documented(path) {
  const { paths } = JSON.parse(readFileSync(path, "utf8"));
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]?.operationId).map((method) => [item[method].operationId, `${method.toUpperCase()} ${path}`]),
  );
}

export async function facade({ folder, here }) {
  const api = join(folder, "node_modules/logto-admin/dist/api");
  const files = readdirSync(api).filter((name) => name.endsWith(".js"));
  const groups = await Promise.all(files.map((name) => import(pathToFileURL(join(api, name)))));
  const operations = groups.flatMap((group) => Object.values(group)).flatMap(({ operations }) => [...operations().values()].map((read) => read()));
  const known = new Map(operations.map(({ id, method, path }) => [id, `${method} ${path}`]));
  const failed = documented(join(here, "../../spec/logto-1.42.json"))
    .filter(([id, route]) => known.get(id) !== route)
    .map(([id, route]) => `${id} is ${known.get(id)} in the facade, but ${route} in the document`);
  return { passed: failed.length === 0 ? ["every operation"] : [], failed };
}
