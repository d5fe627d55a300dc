// Logto's own client.
import { createManagementApi } from "@logto/api/management";

export async function reader(url) {
  const options = { clientId: "bench", clientSecret: "secret", baseUrl: url, apiIndicator: "https://default.logto.app/api" };
  const { apiClient } = createManagementApi("default", options);
  return async (size) => {
    const { data } = await apiClient.GET("/api/users", { params: { query: { page: 1, page_size: size } } });
    return data.length;
  };
}
