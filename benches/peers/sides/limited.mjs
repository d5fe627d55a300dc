// Bare fetch with a timeout. The package has a timeout too; Logto's own client has none.
import { readerBy } from "./fetch.mjs";

const MILLISECONDS = 30_000;

export const reader = (url) => readerBy(url, (list, init) => limited(async (signal) => (await fetch(list, { ...init, signal })).json()));

/** Calls a function with a signal that aborts after the timeout. */
export async function limited(call) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), MILLISECONDS);
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
