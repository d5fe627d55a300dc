// Logto's own client with a timeout, which the package has too.
import { limited } from "./limited.mjs";
import { readerBy } from "./logto-api.mjs";

export const reader = (url) => readerBy(url, limited);
