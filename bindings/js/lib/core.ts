/**
 * The client without any group of operations: give it those that you call, and bundlers leave the others out.
 *
 * @module
 */
import { Client } from "./client.js";
import { type ApiOf, bind, type Group } from "./group.js";
import type { LogtoOptions } from "./options.js";

export type { LogtoResponse } from "./response/answer.js";
export type { Upload } from "./request/body.js";
export { Call, type WithResponse } from "./response/call.js";
export { Client, type CallInput, type Refresher } from "./client.js";
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
  ServerError,
  TimeoutError,
  UnprocessableError,
  WebhookError,
  type StopReason,
} from "./response/errors.js";
export type { ApiOf, Group } from "./group.js";
export type {
  CallOptions,
  Fetch,
  HookRequest,
  HookResponse,
  Logger,
  LogLevel,
  LogtoOptions,
  Token,
  TokenStore,
} from "./options.js";
export { List, Page } from "./response/page.js";
export { verifyWebhook, type WebhookEvent } from "./webhook.js";

/** A client with these groups. */
export type ClientWith<Groups> = Client & { readonly [Name in keyof Groups]: ApiOf<Groups[Name]> };

/**
 * Makes a client with the groups given.
 *
 * ```ts
 * import { createClient } from "logto-admin/core";
 * import { users } from "logto-admin/users";
 *
 * const logto = createClient({ tenant: "my-tenant", appId, appSecret }, { users });
 * ```
 */
export function createClient<const Groups extends Record<string, Group<unknown>>>(options: LogtoOptions, groups: Groups): ClientWith<Groups> {
  return attach(new Client(options, Object.values(groups)), groups) as ClientWith<Groups>;
}

/** Adds the groups as properties, which are made when they are used. */
export function attach<C extends Client>(client: C, groups: Record<string, Group<unknown>>): C {
  for (const [name, group] of Object.entries(groups)) {
    let made: unknown;
    Object.defineProperty(client, name, { get: () => (made ??= bind(client, group)), enumerable: true });
  }
  return client;
}
