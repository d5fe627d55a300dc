import { isBrowser } from "#loader";
import { releaseHint } from "../releases.js";
import { HANDLED } from "../request/send.js";
import { members } from "../response/answer.js";
import { AuthenticationError, classOfStatus, ConnectionError, DecodeError, LogtoError, RateLimitError, ServerError, TimeoutError } from "../response/errors.js";
import { retryAfter } from "../response/retry-after.js";
import type { FailedCall, PendingCall } from "./host.js";

/** Returns the error of a call that has failed. */
export function failure({ state, request, answer, cause }: PendingCall, failed: FailedCall): unknown {
  const operation = request?.operation.id ?? "GetToken";
  const [ofToken, kind, message, status, code, hint, attempts, stopReason] = failed;
  let reason = ofToken ? state.cause : cause;
  try {
    // The caller gets the error of a hook unchanged.
    if (reason instanceof Object && HANDLED in reason) return reason[HANDLED];
  } catch {
    // A proxy that throws cannot be passed on.
    reason = undefined;
  }
  const response = kind === "api" ? answer : kind === "token" && status ? state.tokenAnswer : undefined;
  const body = response && !ofToken ? members(response.text) : {};
  const details = typeof body["details"] === "string" ? body["details"] : undefined;
  const seconds = response ? retryAfter(response) : NaN;
  // Another call may have failed for this one: that of a subject token, or in `getToken`. A missing entity there is not
  // that of this call.
  const special = CAUSES.find((cause) => reason instanceof cause);
  const nested = special && reason instanceof special ? reason : undefined;
  const known = { status: status || nested?.status, code: code || nested?.code };
  const unknownRoute = request && kind === "api" && (status === 405 || (status === 404 && !code));
  const label = [`${operation}:`, known.status, known.code && `${known.code}:`, message, details && `[details: ${details}]`];
  return new (special ?? classOf(failed))(label.filter(Boolean).join(" "), {
    ...known,
    data: body["data"],
    details,
    headers: response?.response.headers,
    retryAfter: seconds >= 0 ? seconds : nested?.retryAfter,
    requestId: response?.response.headers.get("logto-core-request-id") ?? undefined,
    hint: (unknownRoute && releaseHint(request.operation)) || (isBrowser ? hint : hint.split("; in a browser")[0]) || undefined,
    operation,
    attempts,
    stopReason: stopReason || undefined,
    cause: reason,
  });
}

/** Classes of errors that a call shares with the call that failed for it. The most special is first. */
const CAUSES = [TimeoutError, ConnectionError, RateLimitError, ServerError, AuthenticationError];

function classOf([ofToken, kind, , status, code]: FailedCall): typeof LogtoError {
  switch (kind) {
    case "api":
      return classOfStatus(status, code);
    case "token":
      if (status === 429 || status >= 500) return classOfStatus(status);
      if (status && status < 300) return DecodeError;
      // A firewall answers without the code of the token endpoint.
      return code || status === 401 || !status ? AuthenticationError : LogtoError;
    case "auth":
      return AuthenticationError;
    case "timeout":
      return TimeoutError;
    case "connection":
      return ConnectionError;
    case "decode":
    case "large":
      return DecodeError;
    default:
      return ofToken ? AuthenticationError : LogtoError;
  }
}
