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
  /** Minor version of the release that introduced the operation: 36 for Logto 1.36, 43 for the one after 1.42. */
  readonly since: number;
  /** Whether Logto 1.31 removed the operation. */
  readonly removed: boolean;
}

const METHODS: Record<string, string> = { "*": "GET", "+": "POST", "=": "PUT", "~": "PATCH", $: "DELETE" };

/**
 * Parses the table of a group. The first line has the noun of the group and the start of its paths. Every other line is
 * an operation: the rest of its path, a mark for its method, flags, a space, and its name in the client. The id of the
 * operation is that name with the noun after the first word.
 *
 * A path that starts with `"` continues the path of the line before. In names, `_` means the words of the path, and `-`
 * the same words in the singular. After the name, `:noun` replaces the noun of the group, `;verb` replaces the
 * name at the start of the id, and `;Id` is the whole id.
 *
 * Flags:
 *
 * - `j`, `f`, `x`: JSON, form or multipart body. `J`: JSON body that can be omitted.
 * - `q`: query.
 * - A number: minor version of the release that introduced this and the following operations; 17 before the first
 *   number. `d`: Logto 1.31 removed the operation.
 * - `p`, `o`: pages, always or on request.
 * - `v`, `t`, `r`, `?`: no answer, text, a redirect, or JSON that can be missing.
 * - `u`, `s`, `n`: the caller is a user, a session or nobody; otherwise an application.
 * - `i`: idempotent although the method is not. `I`: not idempotent although the method is.
 * - `c`: a success has status 201; otherwise 204 without an answer, 302 for a redirect, and 200.
 *
 * After that, `@name` is the member of the answer that holds the list, `!name` a required member of the query, and
 * `#status` one of several statuses of a success.
 */
export function parse(table: string): Map<string, () => Operation> {
  const [head = "", ...lines] = table.trimEnd().slice(1).split("\n");
  const [usual = "", beginning = ""] = head.split(" ");
  let [last, since] = ["", 17];
  return new Map(
    lines.map((line) => {
      const [, start = "", mark = "", flags = "", name = "", sign, own = "", words = ""] =
        /^(.*?)([*+=~$])(\S*) ([\w-]+)([:;]?)([\w-]*)(.*)/.exec(line) ?? [];
      since = Number(/\d+/.exec(flags) ?? since);
      last = start.replace(/^"/, () => last);
      const [verb, rest] = parts(name, last);
      const [path, minor] = [last, since];
      // Most programs use few of the operations.
      let read: Operation | undefined;
      const make = (): Operation => {
        const [first, noun] = sign === ";" && own ? parts(own, path) : [verb, rest];
        const id = /^[A-Z]/.test(own) && sign === ";" ? own : capital(first) + (sign === ":" ? own : usual) + (noun || rest);
        return operation(id, beginning + path, mark, flags, words, minor);
      };
      return [verb + rest, () => (read ??= make())];
    }),
  );
}

/** Splits a name into its first word and the rest. */
function parts(name: string, path: string): [verb: string, rest: string] {
  const [, verb = "", sign = "", rest = ""] = /^([a-z0-9]*)([_-]?)(.*)/.exec(name) ?? [];
  return [verb, (sign && wordsOf(path, sign === "-")) + rest];
}

/** Returns the words of a path. A segment before a parameter is singular, as is the last one if `one` is set. */
function wordsOf(path: string, one: boolean): string {
  return `/${path}`
    .replace(one ? /(ie)?s(?=\/{|$)/g : /(ie)?s(?=\/{)/g, (_, many) => (many ? "y" : ""))
    .replace(/{\w+}/g, "")
    .replace(/[/.-]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
}

function operation(id: string, path: string, mark: string, flags: string, words: string, since: number): Operation {
  const has = (letter: string): boolean => flags.includes(letter);
  const method = METHODS[mark] as string;
  const success = all(words, /#(\d+)/g).map(Number);
  return {
    id,
    method,
    path,
    parameters: all(path, /{(\w+)}/g),
    body: has("j") || has("J") ? "json" : has("f") ? "form" : has("x") ? "multipart" : "none",
    bodyRequired: !has("J"),
    query: has("q"),
    required: all(words, /!(\S+)/g),
    paging: has("p") ? "always" : has("o") ? "request" : "none",
    itemsAt: all(words, /@(\S+)/g)[0],
    answer: has("v") ? "none" : has("t") ? "text" : has("r") ? "redirect" : has("?") ? "optional" : "json",
    success: success.length > 0 ? success : [has("c") ? 201 : has("v") ? 204 : has("r") ? 302 : 200],
    authentication: /[usn]/.exec(flags)?.[0] ?? "m",
    idempotent: has("i") || (method !== "POST" && !has("I")),
    since,
    removed: has("d"),
  };
}

const capital = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase());

const all = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), (found) => found[1] as string);
