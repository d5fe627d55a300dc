/**
 * Client for Logto's Management API and its other HTTP APIs, with every group of operations.
 *
 * ```ts
 * import { LogtoAdmin } from "logto-admin";
 *
 * const logto = new LogtoAdmin({ tenant: "my-tenant", appId, appSecret });
 * const user = await logto.users.create({ username: "ada" });
 * for await (const one of logto.users.list({ search: "%ada%" })) console.log(one.id);
 * ```
 *
 * @module
 */
import { type Groups, groups } from "./api/all.js";
import { Client } from "./client.js";
import { attach } from "./core.js";
import type { LogtoOptions } from "./options.js";

export * from "./core.js";
export type * from "./api/all.js";
export type * from "./models.js";
export type { MatchMode, PageQuery, SearchQuery } from "./request/query.js";

/** A client with every group of operations. */
export interface LogtoAdmin extends Groups {}

/** A client with every group of operations. Making one checks its settings, and starts nothing. */
export class LogtoAdmin extends Client {
  constructor(options: LogtoOptions) {
    super(options, Object.values(groups));
    attach(this, groups);
  }
}
