/** Groups of operations: their tables, and the arguments of their methods. */
import { bad } from "../checks.js";
import { OLDEST } from "../defaults.js";

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

/** An operation of the table. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Names of the parameters in the path, in order. */
  readonly parameters: readonly string[];
  readonly body: "none" | "json" | "form" | "multipart";
  readonly bodyRequired: boolean;
  readonly query: boolean;
  /** Names of the query parameters that are required. */
  readonly required: readonly string[];
  readonly paging: "none" | "always" | "request";
  /** Member of the answer that holds the list. Undefined if the answer is the list. */
  readonly itemsAt: string | undefined;
  /** `any` is JSON, text, a web page or a redirect. `value` is JSON or text: a redirect or a page is not from the API. */
  readonly answer: "json" | "optional" | "none" | "text" | "redirect" | "any" | "value";
  /** Documented statuses of a success. Empty if they are unknown. */
  readonly success: readonly number[];
  /** Required caller: `m`anagement, `u`ser, `s`ession, `n`one or `a`ny. */
  readonly authentication: string;
  readonly idempotent: boolean;
  /** Minor version of the release that introduced the operation. 36 is Logto 1.36, and 43 is the one after 1.42. */
  readonly since: number;
  /** Whether Logto 1.31 removed the operation. */
  readonly removed: boolean;
}

/** Input of an untyped call. */
export interface CallInput {
  /** Path parameters by name. Each replaces `{name}` in the path. */
  path?: Record<string, string | number> | undefined;
  /** Query parameters by name. An array repeats its name. Null and undefined are not sent. */
  query?: Record<string, unknown> | undefined;
  /** Request body. It is sent as JSON unless the operation requires a form or a multipart body. */
  body?: unknown;
}

/** Input and options of a call, before they are checked. */
export interface Invocation {
  path?: Record<string, unknown> | undefined;
  query?: unknown;
  body?: unknown;
  options: unknown;
}

/** Sorts the arguments of a method. The order is parameters of the path, body, query and options. */
export function sorted({ parameters, body, query, id }: Operation, given: unknown[]): Invocation {
  let at = parameters.length;
  const path = Object.fromEntries(parameters.map((name, place) => [name, given[place]]));
  const invocation: Invocation = {
    path,
    body: body === "none" ? undefined : given[at++],
    query: query ? given[at++] : undefined,
    options: given[at++] ?? {},
  };
  if (given.length > at) throw bad("arguments", `are too many for ${id}`);
  return invocation;
}

const METHODS: Record<string, string> = { "+": "POST", "=": "PUT", "~": "PATCH", $: "DELETE" };

/**
 * Parses the table of a group. The first line has the noun of the group and the start of its paths. Every other line is
 * an operation: the rest of its path, a mark for its method, flags, a space, and its name in the client. The id of the
 * operation is that name with the noun after the first word, or follows after `;`. A line with only a number is the minor
 * version of the release that introduced the operations after it.
 *
 * Flags:
 *
 * - `j`, `f`, `x`: JSON, form or multipart body. `J`: JSON body that can be omitted.
 * - `q`: query.
 * - `d`: Logto 1.31 removed the operation.
 * - `p`, `o`: pages, always or on request.
 * - `v`, `t`, `r`, `?`: no answer, text, a redirect, or JSON that can be missing.
 * - `u`, `s`, `n`: the caller is a user, a session or nobody; otherwise an application.
 * - `i`: idempotent although the method is not. `I`: not idempotent although the method is.
 * - `c`: a success has status 201; otherwise 204 without an answer, 302 for a redirect, and 200.
 *
 * After that, `@name` is the member of the answer that holds the list. `!name` is a required member of the query, and
 * `#status` one of several statuses of a success.
 */
function parse(table: string): Map<string, () => Operation> {
  const [head = "", ...lines] = table.trimEnd().slice(1).split("\n");
  const operations = new Map<string, () => Operation>();
  let since = OLDEST;
  for (const line of lines) {
    const [start = "", names = "", ...words] = line.split(" ");
    const [name = "", id = ""] = names.split(";");
    if (!names) {
      since = Number(start);
      continue;
    }
    const minor = since;
    // Most programs use few of the operations.
    let read: Operation | undefined;
    operations.set(name, () => (read ??= operation(head, start, name, id, words, minor)));
  }
  return operations;
}

function operation(head: string, start: string, name: string, own: string, words: readonly string[], since: number): Operation {
  const [usual = "", beginning = ""] = head.split(" ");
  const [, rest = "", mark = "", flags = ""] = /(.*)([*+=~$])(.*)/.exec(start) ?? [];
  const path = beginning + rest;
  const method = METHODS[mark] ?? "GET";
  const has = (letter: string): boolean => flags.includes(letter);
  const marked = (mark: string): string[] => words.filter((word) => word.startsWith(mark)).map((word) => word.slice(1));
  const success = marked("#").map(Number);
  return {
    id: own || capital(name.replace(/(?=[A-Z])|$/, usual)),
    method,
    path,
    parameters: Array.from(path.matchAll(/{(\w+)}/g), ([, parameter = ""]) => parameter),
    body: has("j") || has("J") ? "json" : has("f") ? "form" : has("x") ? "multipart" : "none",
    bodyRequired: !has("J"),
    query: has("q"),
    required: marked("!"),
    paging: has("p") ? "always" : has("o") ? "request" : "none",
    itemsAt: marked("@")[0],
    answer: has("v") ? "none" : has("t") ? "text" : has("r") ? "redirect" : has("?") ? "optional" : "json",
    success: success.length > 0 ? success : [has("c") ? 201 : has("v") ? 204 : has("r") ? 302 : 200],
    authentication: /[usn]/.exec(flags)?.[0] ?? "m",
    idempotent: has("i") || (method !== "POST" && !has("I")),
    since,
    removed: has("d"),
  };
}

const capital = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase());
