import { Call } from "./call.js";
import { bad } from "./check.js";
import type { Client, Invocation } from "./client.js";
import { parse, type Operation } from "./operation.js";
import type { CallOptions } from "./options.js";

declare const API: unique symbol;

/** A group of operations, to be given to `createClient`. */
export interface Group<Api> {
  /** Its operations, by the names of their methods. */
  readonly operations: () => ReadonlyMap<string, Operation>;
  /** What its operations are called by; of types alone. */
  readonly [API]?: Api;
}

/** What a group's operations are called by. */
export type ApiOf<G> = G extends Group<infer Api> ? Api : never;

/** A group of the table's operations, which is read when it is used. */
export function group<Api>(table: string): Group<Api> {
  let read: ReadonlyMap<string, Operation> | undefined;
  return { operations: () => (read ??= parse(table)) };
}

/** The group's operations as methods that call them by this client. */
export function bind(client: Client, { operations }: Group<unknown>): unknown {
  const methods: Record<string, unknown> = {};
  for (const [name, operation] of operations()) {
    methods[name] = (...given: unknown[]): Call<unknown> => {
      try {
        return client.invoke(operation, sort(operation, given));
      } catch (error) {
        return new Call(() => Promise.reject(error));
      }
    };
  }
  return methods;
}

/** Arguments are the path's parameters, the body, the query and options, in this order. */
function sort({ parameters, body, query, id }: Operation, given: unknown[]): Invocation {
  const left = [...given];
  const path: Record<string, string> = {};
  for (const name of parameters) path[name] = left.shift() as string;
  const invocation: Invocation = { path, options: {} };
  if (body !== "none") invocation.body = left.shift();
  if (query) invocation.query = left.shift() as Record<string, unknown>;
  invocation.options = (left.shift() as CallOptions | undefined) ?? {};
  if (left.length > 0) throw bad("arguments", `are too many for ${id}`);
  return invocation;
}
