import { Call, caller, traced, type WithResponse } from "./call.js";

/**
 * One page of a list. `for … of` iterates over its items, and `for await … of` goes on with the items of the pages after it.
 *
 * Deleting items while you iterate over pages moves later items to earlier pages, so some would be skipped. Collect the ids
 * first, or get the first page again until it is empty.
 */
export class Page<T> implements AsyncIterable<T> {
  readonly #next: (() => Promise<Page<T>>) | undefined;

  constructor(
    /** The items. */
    readonly items: T[],
    /** Total count: number of items on all pages, from the header `Total-Number`. Undefined if the server does not send it. */
    readonly total: number | undefined,
    /** Whether the server stopped counting: there are at least `total` items. */
    readonly totalIsCapped: boolean,
    /** Page number, starting at 1. Undefined if the server sent the whole list. */
    readonly page: number | undefined,
    /** Maximum number of items on a page. Undefined if the server sent the whole list. */
    readonly pageSize: number | undefined,
    next?: () => Promise<Page<T>>,
  ) {
    this.#next = next;
  }

  /** Whether another page might contain items. */
  get hasNext(): boolean {
    const { items, total, page, pageSize } = this;
    if (page === undefined || pageSize === undefined || items.length === 0) return false;
    // More items than requested: the server ignored the page.
    if (total === undefined) return items.length === pageSize;
    return this.totalIsCapped || total > page * pageSize;
  }

  /**
   * Requests the page after this one.
   *
   * @returns The page. Undefined if this is the last one.
   * @throws LogtoError if the page cannot be fetched.
   */
  async nextPage(): Promise<Page<T> | undefined> {
    return this.hasNext && this.#next ? traced(this.#next(), caller()) : undefined;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (let page: Page<T> | undefined = this; page; page = await page.nextPage()) yield* page.items;
  }
}

/** Reads the total count of a list from the headers of a page. */
export function counted(headers: Headers): [total: number | undefined, totalIsCapped: boolean] {
  const total = headers.get("total-number") ?? "";
  return [/^\d{1,15}$/.test(total) ? Number(total) : undefined, headers.get("total-number-is-capped") === "true"];
}

/** Logto's maximum page size. */
const LARGEST = 100;

/**
 * A list. Await it to get one page, or iterate over it to get the items of all pages. It sends nothing until then.
 *
 * @example
 * ```ts
 * const page = await logto.users.list({ page: 2, pageSize: 50 });
 * console.log(page.items.length, page.total, page.hasNext);
 *
 * for await (const user of logto.users.list()) console.log(user.id);
 * ```
 */
export class List<T> extends Call<Page<T>> implements AsyncIterable<T> {
  readonly #fetch: (page?: number, pageSize?: number) => Promise<WithResponse<Page<T>>>;

  /** @internal */
  constructor(fetch: (page?: number, pageSize?: number) => Promise<WithResponse<Page<T>>>) {
    super(() => fetch());
    this.#fetch = fetch;
  }

  /**
   * Returns the pages, starting with the page that is set or the first. Requests each page when you ask for it.
   *
   * @returns The pages, up to the last one that is not empty. Each has 100 items, unless another page size is set.
   * @throws TypeError if an argument of the list is invalid.
   * @throws LogtoError if a page cannot be fetched.
   * @example
   * ```ts
   * for await (const page of logto.users.list({ pageSize: 20 }).pages()) console.log(page.items.length);
   * ```
   */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const from = caller();
    let page: Page<T> | undefined;
    do {
      const next: number | undefined = page?.page === undefined ? undefined : page.page + 1;
      page = (await traced(this.#fetch(next, LARGEST), from)).data;
      if (page.items.length > 0) yield page;
    } while (page.hasNext);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }
}
