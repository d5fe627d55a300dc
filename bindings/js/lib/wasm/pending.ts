import type { Request } from "../request/request.js";
import type { Answer } from "../response/answer.js";
import type { FirstAttempt, Grant, Shortcut } from "./shortcut.js";

/** A call in progress. */
export interface PendingCall {
  /** The client, which must not be collected, and so released, before its call has ended. */
  readonly owner: object;
  /** The operation ID, or `GetToken`. */
  readonly name: string;
  readonly shortcut: Shortcut;
  /** Undefined if the call only returns the access token. */
  readonly request: Request | undefined;
  /** The first attempt, if it began without the module. */
  first: FirstAttempt | undefined;
  /** The token of the last attempt. */
  grant: Grant | undefined;
  /** The answer to the last attempt. */
  answer: Answer | undefined;
  /** Error of the last attempt. */
  cause: unknown;
  /** Resolves the call, with the access token or an empty text. */
  readonly resolve: (token: string) => void;
  readonly reject: (error: unknown) => void;
  /** Runs when the call has ended. */
  ended?: () => void;
}

/** Why a call failed. */
export interface FailedCall {
  /** Whether it failed for lack of an access token. */
  ofToken: boolean;
  kind: string;
  message: string;
  status: number;
  code: string;
  hint: string;
  attempts: number;
  stopReason: string;
}
