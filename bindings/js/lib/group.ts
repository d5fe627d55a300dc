import { Call } from "./response/call.js";
import { bad } from "./request/checks.js";
import type { Invocation } from "./request/invocation.js";
import { parse, type Operation } from "./request/operation.js";
import type { CallOptions } from "./options.js";

declare const API: unique symbol;
declare const CALLS: unique symbol;

/** A group of operations. Pass it to `createClient`. */
export interface Group<Api, Calls = unknown> {
  /** Operations by method name. Each is read from the table when it is first used. */
  readonly operations: () => ReadonlyMap<string, () => Operation>;
  /** Type of the methods. It exists only for the type checker. */
  readonly [API]?: Api;
  /** Types of the operations by id. It exists only for the type checker. */
  readonly [CALLS]?: Calls;
}

/** Type of the methods of a group. */
export type ApiOf<G> = G extends Group<infer Api> ? Api : never;

/** Types of the operations of a group by id. */
export type CallsOf<G> = G extends Group<unknown, infer Calls> ? Calls : never;

/** Creates a group from its table, which is parsed when the group is first used. */
export function group<Api, Calls = unknown>(table: string): Group<Api, Calls> {
  let read: ReadonlyMap<string, () => Operation> | undefined;
  return { operations: () => (read ??= parse(table)) };
}

/** Returns the operations of a group as methods of a client. */
export function bind(client: { invoke(operation: Operation, invocation: Invocation): Call<unknown> }, { operations }: Group<unknown>): unknown {
  const methods: Record<string, unknown> = {};
  for (const [name, operation] of operations()) {
    methods[name] = (...given: unknown[]): Call<unknown> => {
      try {
        return client.invoke(operation(), sort(operation(), given));
      } catch (error) {
        return new Call(() => Promise.reject(error));
      }
    };
  }
  return methods;
}

/** Sorts arguments: parameters of the path, body, query and options, in this order. */
function sort({ parameters, body, query, id }: Operation, given: unknown[]): Invocation {
  let at = parameters.length;
  const path = Object.fromEntries(parameters.map((name, place) => [name, given[place] as string]));
  const invocation: Invocation = {
    path,
    body: body === "none" ? undefined : given[at++],
    query: query ? (given[at++] as Record<string, unknown> | undefined) : undefined,
    options: (given[at++] as CallOptions | undefined) ?? {},
  };
  if (given.length > at) throw bad("arguments", `are too many for ${id}`);
  return invocation;
}
