// The npm package.
import { LogtoAdmin } from "logto-admin";

export async function reader(url) {
  const logto = new LogtoAdmin({ endpoint: url, appId: "bench", appSecret: "secret", rateLimit: false });
  return async (size) => (await logto.users.list({ page: 1, pageSize: size })).items.length;
}
