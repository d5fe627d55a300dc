/** What the table knows of an operation. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Names of the path's parameters, in order. */
  readonly parameters: readonly string[];
  readonly body: "none" | "json" | "form" | "multipart";
  readonly bodyRequired: boolean;
  readonly query: boolean;
  readonly required: readonly string[];
  readonly paging: "none" | "always" | "request";
  readonly itemsAt: string | undefined;
  readonly answer: "json" | "optional" | "none" | "text" | "redirect" | "any";
  /** `m`anagement, `u`ser, `s`ession, `n`one, `a`ny. */
  readonly authentication: string;
  readonly idempotent: boolean;
}

const METHODS: Record<string, string> = { "*": "GET", "+": "POST", "=": "PUT", "~": "PATCH", $: "DELETE" };

/**
 * Reads a group's table, which begins with a noun and a path. Each line has the rest of a path, a mark for its method,
 * and flags; then the name in the client, which with the noun behind its first word makes the id. A path that begins with
 * `"` goes on where the last one ended. In names `_` stands for the words of the path, `-` for their singular. `:noun` is
 * another noun, `;verb` begins an id other than the name does, and `;Id` is the id itself.
 *
 * Flags are letters: `j`, `f`, `x` for a body of JSON, form or multipart (`J` if it may be left out), `q` for a query,
 * `p` and `o` for pages always or on request, `0`, `t`, `r`, `?` for no answer, text, a redirect, or JSON that may be
 * missing, `u`, `s`, `n` for the caller, `i` and `I` where the operation is idempotent and its method is not, or the
 * other way round. `@name` is the member that holds a list, `!name` a member that the query must have.
 */
export function parse(table: string): Map<string, Operation> {
  const [head = "", ...lines] = table.trimEnd().slice(1).split("\n");
  const [usual = "", beginning = ""] = head.split(" ");
  let last = "";
  return new Map(
    lines.map((line) => {
      const [, start = "", mark = "", flags = "", name = "", sign, own = "", words = ""] =
        /^(.*?)([*+=~$])(\S*) ([\w-]+)([:;]?)([\w-]*)(.*)/.exec(line) ?? [];
      last = start.replace(/^"/, () => last);
      const [verb, rest] = parts(name, last);
      const [first, noun] = sign === ";" && own ? parts(own, last) : [verb, rest];
      const id = /^[A-Z]/.test(own) && sign === ";" ? own : capital(first) + (sign === ":" ? own : usual) + (noun || rest);
      return [verb + rest, operation(id, beginning + last, mark, flags, words)];
    }),
  );
}

/** A name's first word, and what follows it. */
function parts(name: string, path: string): [verb: string, rest: string] {
  const [, verb = "", sign = "", rest = ""] = /^([a-z0-9]*)([_-]?)(.*)/.exec(name) ?? [];
  return [verb, (sign && wordsOf(path, sign === "-")) + rest];
}

/** What a path says; a segment tells of one thing before a parameter, and at the end if it is to. */
function wordsOf(path: string, one: boolean): string {
  return `/${path}`
    .replace(one ? /(ie)?s(?=\/{|$)/g : /(ie)?s(?=\/{)/g, (_, many) => (many ? "y" : ""))
    .replace(/{\w+}/g, "")
    .replace(/[/.-]+(\w?)/g, (_, letter: string) => letter.toUpperCase());
}

function operation(id: string, path: string, mark: string, flags: string, words: string): Operation {
  const has = (letter: string): boolean => flags.includes(letter);
  const method = METHODS[mark] as string;
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
    answer: has("0") ? "none" : has("t") ? "text" : has("r") ? "redirect" : has("?") ? "optional" : "json",
    authentication: /[usn]/.exec(flags)?.[0] ?? "m",
    idempotent: has("i") || (method !== "POST" && !has("I")),
  };
}

const capital = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase());

const all = (text: string, pattern: RegExp): string[] => Array.from(text.matchAll(pattern), (found) => found[1] as string);
