import { LogtoAdmin, NotFoundError, type User } from "logto-admin";
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";

export async function found(server: string): Promise<string> {
  const options = { endpoint: `${server}/s/setups`, appId: "app", appSecret: "secret" };
  const page = await createClient(options, { users }).users.list({ pageSize: 3 });
  const error: unknown = await new LogtoAdmin(options).roles.get("none").catch((error: unknown) => error);
  if (!(error instanceof NotFoundError)) throw error;
  return page.items.map(({ id }: User) => id).join();
}
