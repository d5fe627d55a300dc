// Bare fetch with a timeout. The package has a timeout too; Logto's own client has none.
import { readerBy } from "./fetch.mjs";

const MILLISECONDS = 30_000;

export const reader = (url) => readerBy(url, limited);

async function limited(url, init) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), MILLISECONDS);
  try {
    return await (await fetch(url, { ...init, signal: controller.signal })).json();
  } finally {
    clearTimeout(timer);
  }
}
