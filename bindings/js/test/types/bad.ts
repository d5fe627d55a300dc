import { LogtoAdmin, type CreateUser, type TokenStore, type User } from "logto-admin";
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";

const logto = new LogtoAdmin({ tenant: "my-tenant" });
new LogtoAdmin({ tenant: 7 }); // wrong: a number is no tenant
new LogtoAdmin(); // wrong: there are no options
new LogtoAdmin({ tenat: "t" }); // wrong: no such option
new LogtoAdmin({ tenant: "t", logLevel: "loud" }); // wrong: no such level
export const create: CreateUser = { usernam: "ada" }; // wrong: no such member
export const store: TokenStore = { get: () => 7, set() {} }; // wrong: a store keeps texts
logto.users.get(); // wrong: the id is missing
logto.users.get(7); // wrong: an id is a text
logto.users.get("x", { includeSso: true }); // wrong: no such parameter
logto.users.get("x", {}, { timeOut: 5 }); // wrong: no such option of a call
logto.users.create(); // wrong: the body is missing
logto.users.create({ username: 7 }); // wrong: a number is no name
logto.users.list({ page: "2" }); // wrong: a text is no page
logto.users.list({ mode: "fuzzy" }); // wrong: no such mode
logto.users.nothing(); // wrong: no such method
logto.nothing.list(); // wrong: no such group
logto.users.list({}).map((user: User) => user); // wrong: a list is no array
logto.userAssets.upload({ file: 7 }); // wrong: a number is no file
createClient({ tenant: "t" }, { users }).roles.list(); // wrong: the group was not given
createClient({ tenant: "t" }, { users: {} }); // wrong: that is no group

export async function use(): Promise<void> {
  const user = await logto.users.get("x");
  user.nam; // wrong: no such member
  const id: number = user.id; // wrong: an id is a text
  user.name.length; // wrong: a name may be null
  for (const one of logto.users.list()) one; // wrong: a list is asynchronous
  const { data } = await logto.users.get("x"); // wrong: that wants withResponse
  console.log(id, data);
}
