/** The reasons why a request has no answer. */
import { shown } from "../response/answer.js";
import { isObject, stringOf, textOf } from "../values.js";

/**
 * Reason why an attempt has no answer. `kind` is a number of the module. 1 is too large, 2 final and never sent, 3 a
 * broken body, 4 final, 5 a redirect not followed, 0 any other.
 */
export class SendFailure extends Error {
  constructor(
    readonly kind: number,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Returns the text of a failed fetch. Node keeps the code and the address of the server in the cause. */
export function describedFailure(error: unknown): string {
  const cause = member(error, "cause");
  const errors = member(cause, "errors");
  const reason = stringOf(member(cause, "message")) || (Array.isArray(errors) && stringOf(member(errors[0], "message")));
  // Some platforms repeat the URL, with its query.
  return `${textOf(error)}${reason ? `: ${reason}` : ""}`.replace(/https?:\/\/[^\s)"']+/g, shown);
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}
