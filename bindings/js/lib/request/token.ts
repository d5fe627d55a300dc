import type { Answer } from "../response/answer.js";
import type { Settings } from "../settings.js";
import { textOf } from "../values.js";
import { SendFailure } from "./send-failure.js";
import { send } from "./send.js";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const PERSONAL_ACCESS_TOKEN = "urn:logto:token-type:personal_access_token";

/** A request for an access token that was sent. */
export interface TokenAttempt {
  readonly controller: AbortController;
  readonly answer: Promise<Answer>;
}

/** Sends a request for an access token with the credentials of the client. */
export function sendTokenRequest(settings: Settings, attempt: number): TokenAttempt {
  const controller = new AbortController();
  const { signal } = controller;
  const answer = async (): Promise<Answer> => {
    const { authorization, body } = await written(settings);
    const headers = { ...settings.tokenHeaders, "content-type": "application/x-www-form-urlencoded", authorization };
    const url = `${settings.url}/oidc/token`;
    return send(settings, { operation: "OidcToken", attempt, tokenCall: true, options: {}, method: "POST", url, headers, body, signal });
  };
  return { controller, answer: answer() };
}

async function written({ options, resource, scope }: Settings): Promise<{ authorization: string; body: string }> {
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
    if (typeof text !== "string" || text === "") throw new TypeError("it returned no text");
    return text;
  } catch (cause) {
    throw new SendFailure(2, `\`subjectToken\` failed: ${textOf(cause)}`, cause);
  }
}

/** Whether the client can get another token. A subject token can be exchanged once. */
export function isRenewable({ options: { exchange } }: Settings): boolean {
  return typeof exchange?.subjectToken !== "string";
}
