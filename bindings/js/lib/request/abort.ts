/** Aborts by the signals of callers. */
import { AbortError } from "../response/errors.js";

/** The functions to run when a signal aborts. */
const aborts = new WeakMap<AbortSignal, { waiting: Set<() => void>; listener: () => void }>();

/** Adds one listener to a signal, however many calls wait for it. Returns a function that stops waiting. */
export function listen(signal: AbortSignal, abort: () => void): () => void {
  let known = aborts.get(signal);
  if (!known) {
    const waiting = new Set<() => void>();
    known = { waiting, listener: () => [...waiting].forEach((run) => run()) };
    aborts.set(signal, known);
    signal.addEventListener("abort", known.listener);
  }
  const { waiting, listener } = known;
  waiting.add(abort);
  return () => {
    if (!waiting.delete(abort) || waiting.size > 0) return;
    // Platforms keep a signal while it has a listener.
    aborts.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

/** Returns the error of a call that its signal has aborted. */
export function aborted(operation: string, signal: AbortSignal): AbortError {
  return new AbortError(`${operation}: the call was aborted`, { operation, cause: signal.reason });
}
