import {
  type Client,
  Call,
  LogtoAdmin,
  LogtoError,
  NotFoundError,
  Page,
  verifyWebhook,
  type ApplicationType,
  type CreateUser,
  type HookEvent,
  type LogtoOptions,
  type Open,
  type Role,
  type TokenStore,
  type UpdateUser,
  type User,
  type WebhookEvent,
} from "logto-admin";
import { createClient, type ClientWith } from "logto-admin/core";
import { users } from "logto-admin/users";
import { signInExperience } from "logto-admin/sign-in-experience";

const tokenStore: TokenStore = { get: async () => null, set: async (_key, _value, ttl) => ttl };
const options: LogtoOptions = {
  tenant: "my-tenant",
  appId: "id",
  appSecret: "secret",
  tokenStore,
  rateLimit: { requests: 100, per: 10_000 },
  onRequest: (request) => request.headers.set("x-trace", `${request.operation} ${request.attempt}`),
  fetch: (url, init) => fetch(url, init),
  headers: { "accept-language": "fr" },
  logLevel: "debug",
};
const logto = new LogtoAdmin(options);

export async function everything(signal: AbortSignal): Promise<void> {
  const create: CreateUser = { username: "ada" };
  const user: User = await logto.users.create(create);
  const id: string = user.id;
  const update: UpdateUser = { name: null, username: undefined };
  await logto.users.update(id, update, { signal, timeout: 5000, retries: 1, retry: { base: 100, total: 5000 }, redirects: 2, strict: true, idempotent: true });
  const narrow: LogtoAdmin = logto.restrictedTo(["ListUsers"]);
  narrow.users.list();
  const { data, response } = await logto.users.get(id, { includeSsoIdentities: true }).withResponse();
  const status: number = response.status;
  const name: string | null | undefined = data.name;
  for await (const one of logto.users.list({ search: "%a%", "search.username": "a%", "mode.username": "like" })) one.id.length;
  for await (const one of logto.users.list({ "search.id": ["a", "b"], "mode.id": "exact" })) one.id.length;
  for await (const page of logto.users.list({ pageSize: 50 }).pages()) page.items.length;
  const page: Page<User> = await logto.users.list();
  const total: number | undefined = page.total;
  const roles: Role[] = (await logto.users.listRoles(id)).items;
  const call: Call<void> = logto.users.delete(id);
  await call;
  await logto.userAssets.upload({ file: new Uint8Array(1) });
  await logto.userAssets.upload({ file: { data: new Blob([]), name: "a.png" } });
  const typed: User = await logto.call("GetUser", { path: { userId: id }, query: { includeSsoIdentities: true } }, { timeout: 5000, cache: "no-store", next: { revalidate: 60 }, maxResponseBytes: 1000 });
  const listed: User[] = await logto.call("ListUsers");
  const anyId: Client = logto;
  const untyped: unknown = await anyId.call("GetUser" as string, { path: { userId: id } });
  await logto.applications.create({ name: "a", type: "New" as string as ApplicationType });
  const future: Open<ApplicationType> = "SomethingNew";
  const { type } = await logto.applications.get(id);
  if (type !== "Native" && type !== "SPA") type.length;
  interface Plan {
    plan: string;
  }
  const plan: Plan = { plan: "free" };
  await logto.users.update(id, { customData: plan });
  await logto.users.updateCustomData(id, { customData: plan });
  await logto.applications.updateCustomData(id, plan);
  const chosen: string = (await logto.users.get<Plan>(id)).customData.plan;
  const merged: Plan = await logto.users.getCustomData<Plan>(id);
  for await (const { customData } of logto.organizations.list<Plan>()) customData.plan.length;
  const made: User<Plan> = await logto.users.create({ username: "ada", customData: plan });
  for (const organization of await logto.users.listOrganizations<Plan>(id)) organization.customData.plan.length;
  const whole: User = await logto.users.get<{ plan: string }>(id);
  const organization = await logto.organizations.create({ name: "Acme" });
  const admin = await logto.organizationRoles.create({ name: "admin" });
  await logto.organizations.addUsers(organization.id, { userIds: [id] });
  await logto.organizations.assignRolesToUser(organization.id, id, { organizationRoleIds: [admin.id] });
  for (const group of [logto.roles, logto.resources, logto.connectors]) await group.list();
  const [hook] = (await logto.hooks.list()).items;
  if (hook) await logto.hooks.update(hook.id, { events: [...(hook.events as HookEvent[]), "User.Created"] });
  await logto.applications.update(id, { customClientMetadata: { allowTokenExchange: true } });
  const experience = await logto.signInExperience.get();
  await logto.signInExperience.update({ mfa: { ...experience.mfa, policy: "Mandatory" } });
  const token: string = await logto.getToken({ forceRefresh: true });
  const refresher = logto.keepFresh({ interval: 3_000_000 });
  refresher.stop();
  const event = await verifyWebhook(new Request("https://example.com"), "key");
  console.log(status, name, total, roles, untyped, listed, typed.id, future, chosen, made, merged.plan, whole, token, event.event);
}

export function explain(error: unknown): string {
  if (error instanceof NotFoundError) return error.code ?? "";
  if (error instanceof LogtoError) return `${error.status} ${error.code} ${error.requestId} ${error.hint}`;
  return "";
}

const small: ClientWith<{ users: typeof users; signInExperience: typeof signInExperience }> = createClient(options, { users, signInExperience });
export const first: Promise<Page<User>> = small.users.list();
export const called: Promise<User> = small.call("GetUser", { path: { userId: "x" } });
export const experience = small.signInExperience.get();

export function changed(event: WebhookEvent): string | undefined {
  switch (event.event) {
    case "PostSignIn":
      return event.userId;
    case "User.Created":
      return event.data?.id;
    case "User.Data.Updated":
      return event.params?.userId;
    case "Scope.Deleted":
      return `${event.params?.resourceId}/${event.params?.scopeId}`;
    case "Organization.Membership.Updated":
      return [event.organizationId, ...(event.addedUserIds ?? [])].join();
    case "Grant.LimitExceeded":
      return event.revokedGrantIds?.[0];
    default:
      return event.hookId;
  }
}

export const clients = [
  new LogtoAdmin({ tenant: "t" }),
  new LogtoAdmin({ tenant: "t", endpoint: "https://auth.example.com", appId: "a", appSecret: "s", organizationId: "o" }),
  new LogtoAdmin({ endpoint: "https://id.example.com", getToken: async () => ({ accessToken: "t", expiresIn: 60 }) }),
];
