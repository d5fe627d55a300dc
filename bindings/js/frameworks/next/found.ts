import { LogtoAdmin } from "logto-admin";

let logto: LogtoAdmin | undefined;

/** Returns the ids of three users. All requests share one client, and so one access token. */
export async function found(endpoint: string): Promise<string> {
  logto ??= new LogtoAdmin({ endpoint, appId: "app", appSecret: "secret", cache: "no-store" });
  const page = await logto.users.list({ pageSize: 3 });
  return page.items.map(({ id }) => id).join();
}
