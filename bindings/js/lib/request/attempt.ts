/** Requests, and the attempts to send them. */
import type { CallOptions } from "../options.js";
import type { Operation } from "./operation.js";

/** A request without its access token. */
export interface Request {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: BodyInit | undefined;
  readonly options: CallOptions;
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
