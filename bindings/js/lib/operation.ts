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

/**
 * Reads a line of a group's table: method's name, id, HTTP method, path, and flags. Flags are letters: `j`, `f`, `x` for
 * a body of JSON, form or multipart (`J` if it may be left out), `q` for a query, `p` and `o` for pages always or on
 * request, `0`, `t`, `r`, `?` for no answer, text, a redirect, or JSON that may be missing, `u`, `s`, `n` for the
 * caller, `i` and `I` where the operation is idempotent and its method is not, or the other way round. `@name` is the
 * member that holds a list, `!name` a member that the query must have.
 */
export function parse(line: string): [name: string, operation: Operation] {
  const [name = "", id = "", method = "", path = "", letters = "", ...more] = line.split(" ");
  const has = (letter: string): boolean => letters.includes(letter);
  const starting = (mark: string): string[] => more.filter((word) => word[0] === mark).map((word) => word.slice(1));
  const body = has("j") || has("J") ? "json" : has("f") ? "form" : has("x") ? "multipart" : "none";
  const answer = has("0") ? "none" : has("t") ? "text" : has("r") ? "redirect" : has("?") ? "optional" : "json";
  const operation: Operation = {
    id,
    method,
    path,
    parameters: Array.from(path.matchAll(/{(\w+)}/g), (match) => match[1] as string),
    body,
    bodyRequired: !has("J"),
    query: has("q"),
    required: starting("!"),
    paging: has("p") ? "always" : has("o") ? "request" : "none",
    itemsAt: starting("@")[0],
    answer,
    authentication: has("u") ? "u" : has("s") ? "s" : has("n") ? "n" : "m",
    idempotent: has("i") || (method !== "POST" && !has("I")),
  };
  return [name, operation];
}
