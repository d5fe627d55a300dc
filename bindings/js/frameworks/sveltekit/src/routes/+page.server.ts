import { found } from "../lib/found";

export const load = async () => ({ users: await found() });
