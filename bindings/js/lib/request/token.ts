import type { Settings } from "../options.js";
import { textOf } from "./arguments.js";
import { SendFailure } from "./send.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL_ACCESS_TOKEN = "urn:logto:token-type:personal_access_token";

/** Writes a request for an access token with the credentials of the client. */
export async function tokenRequest({ options, resource, scope }: Settings): Promise<{ authorization: string; body: string }> {
  const { appId = "", appSecret = "", exchange, organizationId } = options;
  const own = exchange || organizationId !== undefined;
  const form = new URLSearchParams({ grant_type: exchange ? EXCHANGE : "client_credentials" });
  const { subjectToken, personalAccessToken } = exchange ?? {};
  if (exchange) {
    form.set("subject_token", personalAccessToken ?? (await subject(subjectToken)));
    form.set("subject_token_type", personalAccessToken === undefined ? SUBJECT_TOKEN : PERSONAL_ACCESS_TOKEN);
  }
  const members = { resource: own ? options.resource : resource, organization_id: organizationId, scope };
  for (const [name, value] of Object.entries(members)) if (value) form.set(name, value);
  return { authorization: `Basic ${btoa(`${encodeURIComponent(appId)}:${encodeURIComponent(appSecret)}`)}`, body: String(form) };
}

async function subject(token: (() => Promise<string> | string) | string | undefined): Promise<string> {
  try {
    // The function must not run inside the module.
    await undefined;
    const text = typeof token === "function" ? await token() : token;
    if (typeof text !== "string" || text === "") throw new TypeError("it returned no token");
    return text;
  } catch (cause) {
    throw new SendFailure(2, `\`subjectToken\` failed: ${textOf(cause)}`, cause);
  }
}

/** Whether the client can get another token. A subject token can be exchanged once. */
export function isRenewable({ options: { exchange } }: Settings): boolean {
  return typeof exchange?.subjectToken !== "string";
}
