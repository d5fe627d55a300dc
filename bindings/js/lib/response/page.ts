import { Call, type WithResponse } from "./call.js";

/** One page of a list; iterated it gives its items. */
export class Page<T> {
  constructor(
    /** The items. */
    readonly items: T[],
    /** How many items all pages hold together, if the server says so. */
    readonly total: number | undefined,
    /** Whether the server stopped counting, so that there are at least `total` items. */
    readonly totalIsCapped: boolean,
    /** The page's number, from 1; undefined if everything was sent at once. */
    readonly page: number | undefined,
    /** How many items a page holds at most; undefined if everything was sent at once. */
    readonly pageSize: number | undefined,
  ) {}

  /** Whether a further page can hold something. */
  get hasNext(): boolean {
    const { items, total, page, pageSize } = this;
    if (page === undefined || pageSize === undefined || items.length === 0) return false;
    if (total === undefined) return items.length >= pageSize;
    return this.totalIsCapped || total > page * pageSize;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }
}

/** The largest page that Logto gives. */
const LARGEST = 100;

/** A list: awaited it is one page; iterated, the items of every page. Nothing is sent before either. */
export class List<T> extends Call<Page<T>> implements AsyncIterable<T> {
  readonly #fetch: (page?: number, pageSize?: number) => Promise<WithResponse<Page<T>>>;

  /** @internal */
  constructor(fetch: (page?: number, pageSize?: number) => Promise<WithResponse<Page<T>>>) {
    super(() => fetch());
    this.#fetch = fetch;
  }

  /** The pages, from the one that is set or the first, of 100 items unless another size is set. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page: Page<T> | undefined;
    do {
      const next: number | undefined = page?.page === undefined ? undefined : page.page + 1;
      page = (await this.#fetch(next, LARGEST)).data;
      if (page.items.length > 0) yield page;
    } while (page.hasNext);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }
}
