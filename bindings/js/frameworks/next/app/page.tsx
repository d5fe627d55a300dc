import { found } from "../found";

export const dynamic = "force-dynamic";

/** A server component. */
export default async function Page() {
  return <p>{await found(process.env.LOGTO_ENDPOINT!)}</p>;
}
