/** Which part of a list is wanted. */
export interface PageQuery {
  /** Which page, from 1. */
  page?: number | undefined;
  /** How many items a page holds: 1 to 100, 20 if it is not said. Iterated lists take 100. */
  pageSize?: number | undefined;
}

/** How a search compares: with the wildcards `%` and `_`, to the letter, or by regular expressions. */
export type MatchMode = "like" | "exact" | "similar_to" | "posix";

/** Which items are wanted. `%` stands for any text and `_` for any character, unless the mode says otherwise. */
export interface SearchQuery {
  /** Items that match the pattern in any of their searchable members. */
  search?: string | undefined;
  /** Items that match the pattern in this member, such as `search.username`. */
  [member: `search.${string}`]: string | undefined;
  /** How every member is compared. */
  mode?: MatchMode | undefined;
  /** How this member is compared. */
  [member: `mode.${string}`]: MatchMode | undefined;
  /** Whether items have to match all patterns or one of them. */
  joint?: "or" | "and" | undefined;
  /** Whether upper and lower case differ. */
  isCaseSensitive?: boolean | undefined;
}
