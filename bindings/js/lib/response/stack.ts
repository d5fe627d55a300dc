import { isBad } from "../request/checks.js";
import { LogtoError } from "./errors.js";

/**
 * Whether stacks include the functions that await the current one. Errors of engines other than V8 have these members.
 * Found out by the first call: V8 parses a script again when it creates an error while it loads the script.
 */
let showsAwaits: boolean | undefined;

/** Returns the stack of the caller, unless the engine's stacks include awaiting functions. A stack costs up to 5 % of a call. */
export function caller(): Error | undefined {
  showsAwaits ??= !["line", "lineNumber"].some((name) => name in new Error());
  return showsAwaits ? undefined : new Error();
}

/**
 * Awaits the result of a call. If an error of this package ends it, the stack of that error leads to the code that made the
 * call: the error was created after that code had returned.
 */
export async function traced<T>(call: Promise<T>, from: Error | undefined): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof LogtoError || isBad(error) ? calledFrom(from ?? new Error(), error) : error;
  }
}

function calledFrom({ stack = "" }: Error, error: Error): Error {
  const { stack: own = "" } = error;
  const frames = stack.indexOf(showsAwaits ? `${FRAME}async ` : FRAME);
  // In some engines, a stack begins with the message.
  if (frames >= 0) error.stack = own.slice(0, own.indexOf(FRAME)) + stack.slice(frames);
  else if (!showsAwaits && stack.includes("\n")) error.stack = stack;
  return error;
}

const FRAME = "\n    at ";
