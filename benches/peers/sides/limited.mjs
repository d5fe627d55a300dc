// Bare fetch that gives up after a time, as the package does and Logto's own client does not.
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
