/** The text of a failed connection. */
import { shown } from "../response/answer.js";
import { isObject, stringOf, textOf } from "./arguments.js";

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
