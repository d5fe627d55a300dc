import type { CallOptions } from "../options.js";

/**
 * Reason why an attempt has no answer. `kind` is a number of the module: 1 too large, 2 final and never sent, 3 broken body, 4
 * final, 5 a redirect that is not followed, 0 any other.
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

/** An attempt to send a request. */
export interface Attempt {
  readonly operation: string;
  readonly attempt: number;
  readonly tokenCall: boolean;
  /** Options of the call; empty for a call to the token endpoint. */
  readonly options: CallOptions;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | undefined;
  /** Undefined if nothing can cancel the attempt. */
  readonly signal: AbortSignal | undefined;
}
