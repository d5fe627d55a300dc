const { ConflictError, LogtoAdmin } = require("logto-admin");
const { Emulator } = require("logto-admin/emulator");

let logto;
beforeEach(() => (logto = new LogtoAdmin(new Emulator().options)));

test("a user is created", async () => {
  const { id } = await logto.users.create({ username: "ada" });
  expect(await logto.users.get(id)).toMatchObject({ username: "ada", isSuspended: false });
});

test("a username is unique", async () => {
  await logto.users.create({ username: "ada" });
  await expect(logto.users.create({ username: "ada" })).rejects.toThrow(ConflictError);
});
