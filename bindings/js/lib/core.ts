/**
 * The client without groups of operations. Pass the groups that you use, and bundlers leave out the others.
 *
 * @module
 */
import { expectObject } from "./checks.js";
import { Client } from "./client.js";
import type { LogtoOptions } from "./options.js";
import type { ApiOf, CallsOf, Group } from "./request/operation.js";

export type { LogtoResponse } from "./response/answer.js";
export type { FileContent, Upload } from "./request/body.js";
export { Call, type WithResponse } from "./response/call.js";
export { Client, type CallArguments, type DataOf, type OperationId } from "./client.js";
export {
  AbortError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  DecodeError,
  LogtoError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  RestrictedError,
  ServerError,
  TimeoutError,
  UnprocessableError,
  WebhookError,
  type StopReason,
} from "./response/errors.js";
export type { ApiOf, CallInput, CallsOf, Group } from "./request/operation.js";
export type { Refresher } from "./session.js";
/** @internal */
export { group } from "./request/operation.js";
/** @internal */
export { ready } from "./wasm/engine.js";
export type {
  CacheMode,
  CallOptions,
  Exchange,
  Fetch,
  HeaderValues,
  HookRequest,
  HookResponse,
  Logger,
  LogLevel,
  LogtoOptions,
  RetryTimes,
  Token,
  TokenStore,
} from "./options.js";
export { List, Page } from "./response/page.js";
export { verifyWebhook, type WebhookHeaders } from "./webhook.js";
export type {
  GrantLimitEvent,
  SignInEvent,
  LockoutEvent,
  MembershipEvent,
  MessageLimitEvent,
  UserUpdatedEvent,
  WebhookEvent,
} from "./webhook-events.js";

/** A client with some groups of operations. */
export type ClientWith<Groups> = Client<AllOf<CallsOf<Groups[keyof Groups]>>> & { readonly [Name in keyof Groups]: ApiOf<Groups[Name]> };

/** Turns a union into an intersection. */
type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;

/**
 * Creates a client with some groups of operations. Creating a client does no I/O.
 *
 * @param options - Options of the client.
 * @param groups - Groups of operations by name, such as `{ users }`.
 * @returns A client with the groups as properties.
 * @throws TypeError if an option is invalid. The message names the option.
 * @example
 * ```ts
 * import { createClient } from "logto-admin/core";
 * import { users } from "logto-admin/users";
 *
 * const logto = createClient({ tenant: "my-tenant", appId, appSecret }, { users });
 * const user = await logto.users.get("user-id");
 * ```
 */
export function createClient<const Groups extends Record<string, Group<unknown>>>(options: LogtoOptions, groups: Groups): ClientWith<Groups> {
  expectObject(groups, "groups");
  return new Client(options, groups) as ClientWith<Groups>;
}
