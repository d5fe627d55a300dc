import type { APIRoute } from "astro";
import { found } from "../../lib/found";

export const GET: APIRoute = async () => new Response(await found(process.env.LOGTO_ENDPOINT!));
