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
