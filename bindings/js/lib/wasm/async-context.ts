/** Runs work in the asynchronous context of a call. */
export type Within = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Remembers the asynchronous context of a call, such as that of `AsyncLocalStorage`.
 *
 * The module starts attempts in the context of whatever entered it, which can
 * be another call. No interface of all platforms restores a context, but a function goes on in its own after `await`.
 */
export function asyncContext(): Within {
  let run: (work: () => void) => void = (work) => work();
  const wait = async (): Promise<never> => {
    for (;;) (await new Promise<() => void>((resolve) => (run = resolve)))();
  };
  void wait();
  return (work) => new Promise((resolve, reject) => run(() => work().then(resolve, reject)));
}
