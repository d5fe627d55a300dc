import { LogtoAdmin, NotFoundError } from "logto-admin";

/** Outside of the handler. The calls of a warm instance thus share one access token. */
const logto = new LogtoAdmin({
  endpoint: process.env.LOGTO_ENDPOINT!,
  appId: process.env.LOGTO_APP_ID!,
  appSecret: process.env.LOGTO_APP_SECRET!,
});

interface Event {
  pathParameters?: { userId?: string };
}

/** Returns a user, for a function URL or an API gateway. */
export async function handler({ pathParameters }: Event): Promise<{ statusCode: number; body: string }> {
  try {
    const user = await logto.users.get(pathParameters?.userId ?? "");
    return { statusCode: 200, body: JSON.stringify({ id: user.id, name: user.name }) };
  } catch (error) {
    if (error instanceof NotFoundError) return { statusCode: 404, body: JSON.stringify({ code: error.code }) };
    throw error;
  }
}
