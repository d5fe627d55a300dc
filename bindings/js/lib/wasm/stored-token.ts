/** Texts of access tokens in a token store. Rust clients read and write the same keys and texts. */
import type { Settings } from "../settings.js";

/** An access token. Times are in seconds; `lifetime` is -1 for a token without lifetime. */
export interface StoredToken {
  readonly token: string;
  readonly lifetime: number;
  /** Part of the lifetime that has passed. */
  readonly age: number;
  readonly scope: string;
  readonly missing: string;
}

export const NO_TOKEN: StoredToken = { token: "", lifetime: -1, age: -1, scope: "", missing: "" };

const encoded = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** Returns the key of a client's token. Empty if the client keeps its token out of the store. */
export function key({ url, resource, management, scope, options: { appId, exchange, getToken, organizationId = "", resource: own = "" } }: Settings): string {
  if (exchange || getToken || appId === undefined) return "";
  const source = organizationId ? [appId, organizationId, own].map(encoded).join("/") : appId;
  return ["logto-admin:token", ...[url, source, organizationId ? management : resource, scope].map(encoded)].join(":");
}

/** Returns the text of a token that was issued now. */
export function write({ token, lifetime, scope, missing }: StoredToken): string {
  const record = new URLSearchParams({ version: "1", token });
  const milliseconds = lifetime * 1000;
  if (lifetime >= 0) {
    record.set("expires_at", String(Date.now() + milliseconds));
    record.set("lifetime", String(milliseconds));
  }
  if (scope) record.set("scope", scope);
  if (missing) record.set("missing_scope", missing);
  // The Rust client reads a plus as it is.
  return String(record).replace(/\+/g, "%20");
}

/** Parses the text of a token. Returns undefined if the text is broken or of another version, or the token has expired. */
export function read(text: unknown): StoredToken | undefined {
  if (typeof text !== "string") return undefined;
  const record = new URLSearchParams(text.replace(/\+/g, "%2B"));
  const get = (name: string): string => record.get(name) ?? "";
  const end = Number(record.get("expires_at") ?? NaN);
  const left = (end - Date.now()) / 1000;
  // A clock that is behind that of the writer does not make the token younger than new.
  const lifetime = end >= 0 ? Math.max(left, Number(record.get("lifetime") ?? NaN) / 1000 || left) : -1;
  // Another token cannot be sent.
  if (get("version") !== "1" || !/^[!-~]+$/.test(get("token")) || left <= 0 || (record.has("expires_at") && !(end >= 0))) return undefined;
  return { token: get("token"), lifetime, age: lifetime < 0 ? 0 : lifetime - left, scope: get("scope"), missing: get("missing_scope") };
}
