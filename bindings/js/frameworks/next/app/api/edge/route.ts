import { found } from "../../../found";

export const runtime = "edge";

export async function GET(): Promise<Response> {
  return new Response(await found(process.env.LOGTO_ENDPOINT!));
}
