import { type NextRequest, NextResponse } from "next/server";
import { found } from "./found";

/** Adds a header to each request of the API. Before version 16, this file is `middleware.ts`. */
export async function proxy(_: NextRequest): Promise<NextResponse> {
  return NextResponse.next({ headers: { "x-users": await found(process.env.LOGTO_ENDPOINT!) } });
}

export const config = { matcher: "/api/users" };
