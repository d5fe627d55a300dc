import { LogtoAdmin, type CreateUser, type TokenStore, type User, type WebhookEvent } from "logto-admin";
import { createClient } from "logto-admin/core";
import { users } from "logto-admin/users";

const logto = new LogtoAdmin({ tenant: "my-tenant" });
new LogtoAdmin({ tenant: 7 }); // wrong: a tenant is a string
new LogtoAdmin(); // wrong: the options are missing
new LogtoAdmin({ tenat: "t" }); // wrong: no such option
new LogtoAdmin({ tenant: "t", logLevel: "loud" }); // wrong: no such log level
export const create: CreateUser = { usernam: "ada" }; // wrong: no such member
export const store: TokenStore = { get: () => 7, set() {} }; // wrong: a store returns strings
logto.users.get(); // wrong: the id is missing
logto.users.get(7); // wrong: an id is a string
logto.users.get("x", { includeSso: true }); // wrong: no such parameter
logto.users.get("x", {}, { timeOut: 5 }); // wrong: no such call option
logto.users.create(); // wrong: the body is missing
logto.users.create({ username: 7 }); // wrong: a username is a string
logto.users.list({ page: "2" }); // wrong: a page is a number
logto.users.list({ mode: "fuzzy" }); // wrong: no such mode
logto.users.list({ "search.nmae": "a" }); // wrong: no such member
logto.roles.list({ "search.username": "a" }); // wrong: roles have no user names
logto.call("GetUsr", { path: { userId: "x" } }); // wrong: no such operation
logto.call("GetUser"); // wrong: the path is missing
logto.call("GetUser", { path: { id: "x" } }); // wrong: no such parameter
logto.call("CreateUser", { body: { username: 7 } }); // wrong: a username is a string
createClient({ tenant: "t" }, { users }).call("GetRole", { path: { id: "x" } }); // wrong: the client lacks this operation
logto.users.nothing(); // wrong: no such method
logto.nothing.list(); // wrong: no such group
logto.users.list({}).map((user: User) => user); // wrong: a list is not an array
logto.applications.create({ name: "a", type: "Nativ" }); // wrong: no such type of applications
logto.users.listGrants("x", { appType: "thirdPrty" }); // wrong: no such type of applications
logto.signInExperience.update({ signInMode: "SignOut" }); // wrong: no such mode
logto.configs.rotateOidcKeys("cookie-kyes"); // wrong: no such type of keys
logto.users.create<{ plan: string }>({ customData: { plan: 3 } }); // wrong: a plan is a text
logto.users.create({ customData: "ada" }); // wrong: custom data is an object
logto.userAssets.upload({ file: 7 }); // wrong: a number is not a file
createClient({ tenant: "t" }, { users }).roles.list(); // wrong: the client has no such group
createClient({ tenant: "t" }, { users }).restrictedTo(["ListRoles"]); // wrong: the client has no such operation
createClient({ tenant: "t" }, { users: {} }); // wrong: `{}` is not a group

export async function use(): Promise<void> {
  const user = await logto.users.get("x");
  user.nam; // wrong: no such member
  const id: number = user.id; // wrong: an id is a string
  user.name.length; // wrong: a name can be null
  for (const one of logto.users.list()) one; // wrong: a list is asynchronous
  const { data } = await logto.users.get("x"); // wrong: `data` requires withResponse
  const own = await logto.users.get<{ plan: string }>("x");
  own.customData.paln; // wrong: the custom data has no such member
  console.log(id, data);
}

export function changed(event: WebhookEvent): string {
  if (event.event === "User.Creatd") return ""; // wrong: no such event
  if (event.event === "User.Deleted") return event.params.userId; // wrong: a test delivery has no parameters
  return "";
}

new LogtoAdmin({}); // wrong: neither a tenant nor an endpoint
new LogtoAdmin({ tenant: "t", appId: "a" }); // wrong: the secret is missing
new LogtoAdmin({ tenant: "t", getToken: () => "t", organizationId: "o" }); // wrong: no application requests the token
