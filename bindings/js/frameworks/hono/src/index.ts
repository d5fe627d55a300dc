import { Hono } from "hono";
import { LogtoAdmin, NotFoundError } from "logto-admin";

interface Env {
  LOGTO_ENDPOINT: string;
  LOGTO_APP_ID: string;
  LOGTO_APP_SECRET: string;
}

let logto: LogtoAdmin | undefined;

/** Returns the client. The requests of an isolate share one client, and so one access token. */
function client({ LOGTO_ENDPOINT, LOGTO_APP_ID, LOGTO_APP_SECRET }: Env): LogtoAdmin {
  return (logto ??= new LogtoAdmin({ endpoint: LOGTO_ENDPOINT, appId: LOGTO_APP_ID, appSecret: LOGTO_APP_SECRET }));
}

const app = new Hono<{ Bindings: Env }>();

app.get("/users", async (context) => {
  const page = await client(context.env).users.list({ pageSize: 3 });
  return context.text(page.items.map(({ id }) => id).join());
});

app.get("/roles/:id", async (context) => context.json(await client(context.env).roles.get(context.req.param("id"))));

app.onError((error, context) => {
  if (error instanceof NotFoundError) return context.json({ code: error.code }, 404);
  console.error(error);
  return context.text("Internal Server Error", 500);
});

export default app;
