/**
 * Client for all HTTP APIs of Logto, with all groups of operations.
 *
 * @example
 * ```ts
 * import { LogtoAdmin } from "logto-admin";
 *
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId, appSecret });
 * const user = await logto.users.create({ username: "ada" });
 * for await (const { id } of logto.users.list({ search: "%ada%" })) console.log(id);
 * ```
 *
 * @module
 */
import { type Calls, type Groups, groups } from "./api/all.js";
import { Client } from "./client.js";
import type { LogtoOptions } from "./options.js";

export * from "./core.js";
export type * from "./api/all.js";
export type * from "./models.js";
export type { MatchMode, PageQuery, SearchMember, SearchQuery, UserSearchMember } from "./request/query.js";

/** A client with all groups of operations. */
export interface LogtoAdmin extends Groups {}

/**
 * A client with all groups of operations.
 *
 * @example
 * ```ts
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId: "app-id", appSecret: "app-secret" });
 * const user = await logto.users.get("user-id");
 * ```
 */
export class LogtoAdmin extends Client<Calls> {
  /**
   * Creates a client. It does no I/O; the first call loads the WebAssembly module.
   *
   * @param options - Options of the client.
   * @throws TypeError if an option is invalid. The message names the option.
   */
  constructor(options: LogtoOptions) {
    super(options, groups);
  }
}
