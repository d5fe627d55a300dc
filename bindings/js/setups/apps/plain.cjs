const { LogtoAdmin, NotFoundError } = require("logto-admin");
const { createClient } = require("logto-admin/core");
const { users } = require("logto-admin/users");

async function found(server) {
  const options = { endpoint: `${server}/s/setups`, appId: "app", appSecret: "secret" };
  const page = await createClient(options, { users }).users.list({ pageSize: 3 });
  const error = await new LogtoAdmin(options).roles.get("none").catch((error) => error);
  if (!(error instanceof NotFoundError)) throw error;
  return page.items.map(({ id }) => id).join();
}

module.exports = { found };
