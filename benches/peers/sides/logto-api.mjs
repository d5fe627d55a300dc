// Logto's own client.
import { createManagementApi } from "@logto/api/management";

/** Returns a function that reads `size` users and returns how many it received. */
export const reader = (url) => readerBy(url, (get) => get());

/** Like `reader`. `call` calls a function with the signal to use, if any. */
export function readerBy(url, call) {
  const options = { clientId: "bench", clientSecret: "secret", baseUrl: url, apiIndicator: "https://default.logto.app/api" };
  const { apiClient } = createManagementApi("default", options);
  return async (size) => {
    const { data } = await call((signal) => apiClient.GET("/api/users", { params: { query: { page: 1, page_size: size } }, signal }));
    return data.length;
  };
}
