/** The queries of lists, and their encoding. */
import { bad, checkPairs } from "../checks.js";
import { isIterable, isObject } from "../values.js";
import { json } from "./json.js";

/** Page of a list. */
export interface PageQuery {
  /** Page number, starting at 1. */
  page?: number | undefined;
  /** Number of items per page, from 1 to 100. Defaults to 20, or to 100 if you iterate over the list. */
  pageSize?: number | undefined;
}

/**
 * How a search compares.
 *
 * - `like`: pattern with the wildcards `%` and `_`.
 * - `exact`: exact text.
 * - `similar_to`: SQL `SIMILAR TO` pattern. The server requires `isCaseSensitive` with it.
 * - `posix`: POSIX regular expression.
 */
export type MatchMode = "like" | "exact" | "similar_to" | "posix";

/** Members by which users can be searched. */
export type UserSearchMember = "id" | "username" | "primaryEmail" | "primaryPhone" | "name";

/** Members by which applications, roles and scopes can be searched. */
export type SearchMember = "id" | "name" | "description";

/** Search in a list. In patterns, `%` matches any text and `_` any character, unless another mode is set. */
export type SearchQuery<Member extends string> = {
  /** Pattern for all searchable members. An item matches if any of them does. An empty one matches all items. */
  search?: string | undefined;
  /** How all members are compared. Defaults to `like`. */
  mode?: MatchMode | undefined;
  /** Whether an item must match all patterns (`and`) or one of them (`or`). Defaults to `or`. */
  joint?: "or" | "and" | undefined;
  /** Whether the search is case-sensitive. Defaults to false. */
  isCaseSensitive?: boolean | undefined;
} & {
  /** Pattern for one member, such as `search.username`. In mode `exact`, an array matches any of its values; the server refuses arrays in other modes. */
  [name in `search.${Member}`]?: string | readonly string[] | undefined;
} & {
  /** How one member is compared, such as `mode.username`. */
  [name in `mode.${Member}`]?: MatchMode | undefined;
};

/** Encodes a query. An array repeats its name. Members that are null or undefined are left out. */
export function encodeQuery(members: Record<string, unknown> | undefined): string {
  if (members === undefined) return "";
  const pairs = new URLSearchParams();
  const add = (name: string, value: unknown): void => {
    // The server refuses an empty search, which means all items.
    if (name === "search" && value === "") return;
    if (value !== undefined && value !== null) pairs.append(name === "pageSize" ? "page_size" : name, plain(name, value));
  };
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (isIterable(value)) for (const one of value) add(name, one);
    else add(name, value);
  }
  return pairs.toString();
}

function plain(name: string, value: unknown): string {
  if (isObject(value) && !(value instanceof Date)) return json(`query.${name}`, value);
  const plain = value instanceof Date ? value.getTime() : value;
  const isText = typeof plain === "string" || typeof plain === "boolean" || typeof plain === "bigint";
  checkPairs(`query.${name}`, plain);
  if (!isText && !Number.isFinite(plain)) throw bad(`query.${name}`, `is a ${typeof plain} that a query cannot carry`);
  return String(plain);
}
