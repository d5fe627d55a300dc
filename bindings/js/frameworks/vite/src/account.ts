import { createClient } from "logto-admin/core";
import { myAccount } from "logto-admin/my-account";

/**
 * The account of the user who is signed in.
 *
 * @param endpoint - URL of Logto, such as `https://my-tenant.logto.app`.
 * @param getToken - Returns the user's access token with the scopes `openid` and `profile`, such as `getAccessToken` of
 *   `@logto/browser`.
 */
export function accountOf(endpoint: string, getToken: () => Promise<string>) {
  return createClient({ endpoint, getToken }, { myAccount }).myAccount;
}
